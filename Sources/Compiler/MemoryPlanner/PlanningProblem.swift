// SPDX-License-Identifier: Apache-2.0

/// What the memory planner is asked: the buffers of a program and the steps that touch them.
///
/// Knows nothing of graphs or kernels. Buffers and steps are named by their index. Constants and
/// state take no arena bytes: leave them out, or list them as `.bound` when their order matters.
///
/// The order of `steps` is one valid order of execution and defines the meaning: a step sees what
/// the steps before it wrote. Steps that only write a buffer write different bytes of it and may
/// run in any order; a step that updates a buffer lists it under `reads` and `writes`. Scratch of a
/// step is a buffer that it writes and nobody reads.
package struct PlanningProblem: Sendable {
  /// Where the bytes of a buffer are.
  package enum Place: Hashable, Sendable {
    /// In the arena, at an offset that the planner chooses.
    case arena
    /// Outside the arena, in memory that the caller binds; never overwritten by sharing.
    case bound
    /// At `byteOffset` of another buffer, wherever that is: an operand of a concatenation, a part
    /// of a split. The other buffer may be a slice itself.
    case slice(of: Int, byteOffset: Int)
  }

  package struct Buffer: Sendable {
    package var byteCount: Int
    package var place: Place

    package init(byteCount: Int, place: Place = .arena) {
      self.byteCount = byteCount
      self.place = place
    }
  }

  /// An input of a step whose bytes an output of the step may take: both start at the same byte.
  ///
  /// The output must not be larger than the input. Only a dying input is overwritten.
  package struct Overwrite: Hashable, Sendable {
    package var input: Int
    package var output: Int
    /// Whether the step needs another kernel for it; such an overwrite is chosen only when it makes
    /// the arena smaller.
    package var changesKernel: Bool

    package init(input: Int, output: Int, changesKernel: Bool = false) {
      self.input = input
      self.output = output
      self.changesKernel = changesKernel
    }
  }

  package struct Step: Sendable {
    package var reads: [Int]
    package var writes: [Int]
    /// What the planner may choose from; at most one for each output is chosen.
    package var overwritable: [Overwrite]

    package init(reads: [Int], writes: [Int], overwritable: [Overwrite] = []) {
      self.reads = reads
      self.writes = writes
      self.overwritable = overwritable
    }
  }

  package var buffers: [Buffer]
  package var steps: [Step]

  package init(buffers: [Buffer] = [], steps: [Step] = []) {
    self.buffers = buffers
    self.steps = steps
  }
}

/// What the planner may do, and how hard it looks.
///
/// All limits count work, not time: the same problem and options give the same plan anywhere.
package struct PlanningOptions: Sendable {
  /// Whether steps may run in another order than the given one.
  package var reordersSteps = true

  /// Whether an output may take the bytes of a dying input.
  package var sharesBytes = true

  /// Whether a step may take another kernel to share bytes.
  package var changesKernels = true

  /// About how many sets of steps each search for an order expands.
  package var orderStates = 100_000

  /// About how many pairs of blocks the heuristics, and then the exact search, compare to place the
  /// blocks of one order once the first heuristics miss the bound.
  package var comparedPairs = 2_000_000

  package init() {}
}
