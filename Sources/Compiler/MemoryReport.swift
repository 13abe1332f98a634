// SPDX-License-Identifier: Apache-2.0
import Engine

/// What a compiled program needs, to the byte, and what each step costs.
package struct MemoryReport: Equatable, Sendable {
  /// A named piece of memory: a tensor, the packed weights of a layer.
  package struct Item: Equatable, Sendable {
    package let name: String
    package let byteCount: Int
  }

  /// One step, in execution order.
  package struct Step: Equatable, Sendable {
    package let contract: String
    /// The node's name.
    package let name: String
    package let macCount: Int
    package let constantBytes: Int
    package let outputBytes: Int
    /// The arena bytes live while it runs.
    package let liveBytes: Int
  }

  /// The model's name.
  package let sourceName: String

  /// What the engine takes to run it, as the engine itself says.
  package let memory: MemoryRequirements

  /// The largest sum of live bytes at one step: no arena can be smaller in this step order.
  package let lowerBoundBytes: Int

  /// What the arena would be if no two tensors shared bytes.
  package let naiveBytes: Int

  /// The step at which `lowerBoundBytes` is reached.
  package let peakStep: Int

  /// The arena tensors live at the peak, the largest first.
  package let peakItems: [Item]
  package let steps: [Step]

  package var constantsBytes: Int { memory.constantsByteCount }
  package var stateBytes: Int { memory.stateByteCount }
  package var arenaBytes: Int { memory.arenaByteCount }
  package var ioBytes: Int { memory.portByteCount }
  package var scratchBytesPerThread: Int { memory.scratchByteCountPerThread }

  /// How far the arena is above its lower bound, in bytes.
  package var gapBytes: Int { arenaBytes - lowerBoundBytes }

  package var macCount: Int { steps.reduce(0) { $0 + $1.macCount } }

  /// Everything counted, with one thread.
  package var totalBytes: Int { constantsBytes + memory.sessionByteCount(threads: 1) }
}
