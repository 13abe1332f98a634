// SPDX-License-Identifier: Apache-2.0
import CKernels

/// One step, ready to be called.
@unsafe struct StepCall {
  var function: uk_function
  var rows: UInt32
  var rowsPerChunk: UInt32
  var arguments: uk_arguments
}

private var stepCallByteCount: Int { unsafe MemoryLayout<StepCall>.stride }

/// Where the parts of a session's one memory block are, in bytes from its start.
///
/// Every part starts at a multiple of 64. The sum is what a session takes from the heap, and what
/// `Program.memory(of:)` reports.
struct SessionLayout {
  let calls: Range<Int>
  let ports: Range<Int>
  /// Empty when another session's is used.
  let state: Range<Int>
  /// All threads' scratch; one thread's takes `scratchStride`.
  let scratch: Range<Int>
  let scratchStride: Int
  /// Empty when the caller gives the arena.
  let arena: Range<Int>
  /// The buffers of all ports, one behind the other; empty when the caller binds them.
  let buffers: Range<Int>

  /// The size of the block; a multiple of 64.
  var byteCount: Int { buffers.upperBound }

  /// The layout, or `nil` when the sizes cannot be addressed.
  init?(
    _ program: Program, _ entry: EntryPointRecord, threads: Int, ownsArena: Bool, ownsState: Bool,
    ownsBuffers: Bool
  ) {
    let steps = Count(entry.stepCount)
    let ports = Int(entry.inputCount) + Int(entry.outputCount)
    var buffers: Count = 0
    if ownsBuffers {
      for port in 0..<ports {
        let tensor = program.tables.port(Int(entry.firstPort) + port)
        buffers = buffers + Count(program.tensor(tensor).bytes).padded(to: 64)
      }
    }
    let stride = Count(program.header.scratchBytesPerThread).padded(to: 64)
    var cursor = Cursor()
    guard let calls = cursor.take(steps * Count(stepCallByteCount)),
      let portTable = cursor.take(Count(ports) * Count(MemoryLayout<Int>.size)),
      let state = cursor.take(ownsState ? Count(program.header.stateBytes) : 0),
      let scratch = cursor.take(stride * Count(threads)),
      let arena = cursor.take(ownsArena ? Count(program.header.arenaBytes) : 0),
      let buffers = cursor.take(buffers)
    else { return nil }
    self.calls = calls
    self.ports = portTable
    self.state = state
    self.scratch = scratch
    self.scratchStride = Int(stride.value)
    self.arena = arena
    self.buffers = buffers
  }

  /// Hands out the parts one behind the other.
  private struct Cursor {
    private var end: Count = 0

    mutating func take(_ bytes: Count) -> Range<Int>? {
      let start = end
      end = (start + bytes).padded(to: 64)
      guard let first = Int(exactly: start.value), let last = Int(exactly: end.value) else {
        return nil
      }
      return first..<last
    }
  }
}
