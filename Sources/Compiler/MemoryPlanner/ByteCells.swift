// SPDX-License-Identifier: Apache-2.0

/// The buffers of a problem cut into byte ranges that no slice boundary crosses.
///
/// A *root* is a buffer that is no slice; slices lie in the bytes of their root. A *cell* is a
/// range of a root's bytes that the same buffers cover, so all of it holds something at the same
/// steps.
struct ByteCells: Sendable {
  struct Cell: Sendable {
    let root: Int
    /// Bytes of the root.
    let bytes: Range<Int>
    /// The steps that read or write a buffer over these bytes, ascending, by problem index.
    fileprivate(set) var touchingSteps: [Int] = []
  }

  /// The root of each buffer, and where in it the buffer starts.
  let roots: [Int]
  let starts: [Int]

  /// Grouped by root, in the order of their bytes.
  private(set) var cells: [Cell] = []

  /// The cells under each buffer, as indices into `cells`; empty for a buffer of no bytes.
  private(set) var cellsOfBuffer: [Range<Int>]

  /// The cells of each root; empty for slices.
  private(set) var cellsOfRoot: [Range<Int>]

  /// Whether each buffer is in the arena.
  let isInArena: [Bool]

  /// - Precondition: buffers exist, slices lie inside their parents and do not form a cycle.
  init(_ problem: PlanningProblem) {
    let buffers = problem.buffers
    var roots: [Int] = []
    var starts: [Int] = []
    for buffer in buffers.indices {
      let (root, start) = ByteCells.locate(buffer, in: buffers)
      roots.append(root)
      starts.append(start)
    }
    self.roots = roots
    self.starts = starts
    isInArena = roots.map { buffers[$0].place == .arena }
    cellsOfBuffer = [Range<Int>](repeating: 0..<0, count: buffers.count)
    cellsOfRoot = cellsOfBuffer
    cutRoots(buffers)
    for (index, step) in problem.steps.enumerated() {
      for buffer in step.reads + step.writes {
        for cell in cellsOfBuffer[buffer] where cells[cell].touchingSteps.last != index {
          cells[cell].touchingSteps.append(index)
        }
      }
    }
  }

  /// Follows the slices of a buffer up to its root.
  private static func locate(
    _ buffer: Int, in buffers: [PlanningProblem.Buffer]
  ) -> (root: Int, start: Int) {
    var root = buffer
    var start = 0
    var depth = 0
    while case .slice(let parent, let byteOffset) = buffers[root].place {
      precondition(
        byteOffset >= 0 && byteOffset <= buffers[parent].byteCount - buffers[root].byteCount,
        "a slice lies inside its parent")
      start += byteOffset
      root = parent
      depth += 1
      precondition(depth < buffers.count, "slices form no cycle")
    }
    return (root, start)
  }

  private mutating func cutRoots(_ buffers: [PlanningProblem.Buffer]) {
    var members = [[Int]](repeating: [], count: buffers.count)
    for (buffer, root) in roots.enumerated() { members[root].append(buffer) }
    for (root, members) in members.enumerated() where !members.isEmpty {
      let ends = members.flatMap { [starts[$0], starts[$0] + buffers[$0].byteCount] }
      let cuts = Set(ends).sorted()
      let firstCell = cells.count
      for (lower, upper) in zip(cuts, cuts.dropFirst()) {
        cells.append(Cell(root: root, bytes: lower..<upper))
      }
      cellsOfRoot[root] = firstCell..<cells.count
      for member in members where buffers[member].byteCount > 0 {
        let lower = cuts.firstIndex(of: starts[member]) ?? 0
        let upper = cuts.firstIndex(of: starts[member] + buffers[member].byteCount) ?? 0
        cellsOfBuffer[member] = firstCell + lower..<firstCell + upper
      }
    }
  }

  /// When each cell holds something, given the position of each step; `nil` for cells outside the
  /// arena and those no step touches.
  func cellIntervals(positions: [Int]) -> [LivenessInterval?] {
    cells.map { cell in
      let touched = cell.touchingSteps.map { positions[$0] }
      guard isInArena[cell.root], let first = touched.min(), let last = touched.max() else {
        return nil
      }
      return LivenessInterval(first, last)
    }
  }

  /// When each buffer holds something: from the first to the last position of its cells.
  func bufferIntervals(positions: [Int]) -> [LivenessInterval?] {
    let intervals = cellIntervals(positions: positions)
    return cellsOfBuffer.map { cells in
      let touched = intervals[cells].compactMap(\.self)
      guard let first = touched.map(\.first).min(), let last = touched.map(\.last).max() else {
        return nil
      }
      return LivenessInterval(first, last)
    }
  }
}
