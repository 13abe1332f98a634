// SPDX-License-Identifier: Apache-2.0

/// The roots of a problem joined by the overwrites chosen so far.
///
/// Roots that share bytes have a fixed distance; such a group is placed as one. What is on common
/// bytes must hold something at different steps, but for the step of the overwrite itself.
struct SharedBytes: Sendable {
  private let problem: PlanningProblem
  private let cells: ByteCells
  private let positions: [Int]

  /// When each cell holds something, in positions.
  let intervals: [LivenessInterval?]

  /// The group of each root, and where the root starts in its group's bytes.
  private(set) var groupOfRoot: [Int]
  private(set) var startOfRoot: [Int]
  private(set) var rootsOfGroup: [[Int]]

  /// In the order of choice.
  private(set) var chosen: [MemoryPlan.ChosenOverwrite] = []

  /// Distances between roots are multiples of the largest element's size, so that elements stay
  /// aligned.
  private static let granularity = 8

  /// Nothing shared yet; `positions` holds the position of each step in the order of execution.
  init(_ problem: PlanningProblem, _ cells: ByteCells, positions: [Int]) {
    self.problem = problem
    self.cells = cells
    self.positions = positions
    intervals = cells.cellIntervals(positions: positions)
    groupOfRoot = Array(problem.buffers.indices)
    startOfRoot = [Int](repeating: 0, count: problem.buffers.count)
    rootsOfGroup = problem.buffers.indices.map { [$0] }
  }

  /// Chooses what `isAllowed` admits and the bytes allow, step by step, each output once.
  mutating func chooseOverwrites(
    in order: [Int], where isAllowed: (MemoryPlan.ChosenOverwrite) -> Bool
  ) {
    for step in order {
      for overwrite in problem.steps[step].overwritable {
        let choice = MemoryPlan.ChosenOverwrite(step: step, overwrite: overwrite)
        guard isAllowed(choice), !hasChosen(step, overwrite.output) else { continue }
        choose(choice)
      }
    }
  }

  private func hasChosen(_ step: Int, _ output: Int) -> Bool {
    chosen.contains { $0.step == step && $0.overwrite.output == output }
  }

  /// Joins the groups of input and output where that is sound.
  private mutating func choose(_ choice: MemoryPlan.ChosenOverwrite) {
    let (input, output) = (choice.overwrite.input, choice.overwrite.output)
    let (inputRoot, outputRoot) = (cells.roots[input], cells.roots[output])
    let (kept, moved) = (groupOfRoot[inputRoot], groupOfRoot[outputRoot])
    let shift =
      startOfRoot[inputRoot] + cells.starts[input] - startOfRoot[outputRoot]
      - cells.starts[output]
    guard cells.isInArena[input], cells.isInArena[output], kept != moved,
      problem.buffers[output].byteCount <= problem.buffers[input].byteCount,
      shift % SharedBytes.granularity == 0,
      isReadOnlyAsOffered(choice), areCompatible(kept, moved, shift, choice)
    else { return }
    for root in rootsOfGroup[moved] {
      groupOfRoot[root] = kept
      startOfRoot[root] += shift
    }
    rootsOfGroup[kept] += rootsOfGroup[moved]
    rootsOfGroup[moved] = []
    chosen.append(choice)
  }

  /// Whether the step reads the input's bytes through nothing but operands that its output may
  /// take, in the same place.
  private func isReadOnlyAsOffered(_ choice: MemoryPlan.ChosenOverwrite) -> Bool {
    let input = choice.overwrite.input
    let step = problem.steps[choice.step]
    return step.reads.allSatisfy { read in
      read == input
        || cells.cellsOfBuffer[read].clamped(to: cells.cellsOfBuffer[input]).isEmpty
        || step.overwritable.contains {
          $0.input == read && $0.output == choice.overwrite.output
            && cells.starts[read] == cells.starts[input]
        }
    }
  }

  /// Whether nothing of one group is alive on bytes of the other, with the second shifted, except
  /// the input and the output of the choice while its step runs.
  private func areCompatible(
    _ kept: Int, _ moved: Int, _ shift: Int, _ choice: MemoryPlan.ChosenOverwrite
  ) -> Bool {
    let position = positions[choice.step]
    let input = cells.cellsOfBuffer[choice.overwrite.input]
    let output = cells.cellsOfBuffer[choice.overwrite.output]
    let movedCells = rootsOfGroup[moved].flatMap { cells.cellsOfRoot[$0] }
    for keptCell in rootsOfGroup[kept].flatMap({ cells.cellsOfRoot[$0] }) {
      guard let keptInterval = intervals[keptCell] else { continue }
      let keptBytes = bytesInGroup(of: keptCell)
      for movedCell in movedCells {
        guard let movedInterval = intervals[movedCell], keptInterval.overlaps(movedInterval)
        else { continue }
        let movedBytes = bytesInGroup(of: movedCell, shiftedBy: shift)
        let isHandOver =
          input.contains(keptCell) && output.contains(movedCell)
          && keptInterval.last == position && movedInterval.first == position
        if keptBytes.overlaps(movedBytes), !isHandOver { return false }
      }
    }
    return true
  }

  /// The bytes of a cell, counted from the start of its group; may be negative.
  func bytesInGroup(of cell: Int, shiftedBy shift: Int = 0) -> Range<Int> {
    let start = startOfRoot[cells.cells[cell].root] + shift
    let bytes = cells.cells[cell].bytes
    return bytes.lowerBound + start..<bytes.upperBound + start
  }

  /// The groups with live bytes, as blocks to place.
  func blocks() -> [PlacementBlock] {
    rootsOfGroup.indices.compactMap { group in
      let roots = rootsOfGroup[group].filter { root in
        cells.cellsOfRoot[root].contains { intervals[$0] != nil }
      }
      let parts = roots.flatMap { root in
        cells.cellsOfRoot[root].compactMap { cell in
          intervals[cell].map { PlacementBlock.Part(bytesInGroup(of: cell), $0) }
        }
      }
      let start = roots.map { startOfRoot[$0] }.min() ?? 0
      let end = roots.map { startOfRoot[$0] + problem.buffers[$0].byteCount }.max() ?? 0
      return PlacementBlock(group: group, extent: start..<end, parts)
    }
  }

  /// The arena offset of each buffer, given where the blocks start; `nil` for what is not placed.
  func offsets(of blocks: [PlacementBlock], starts: [Int]) -> [Int?] {
    var startOfGroup = [Int?](repeating: nil, count: rootsOfGroup.count)
    for (block, start) in zip(blocks, starts) {
      startOfGroup[block.group] = start - block.groupStart
    }
    return problem.buffers.indices.map { buffer in
      let root = cells.roots[buffer]
      return startOfGroup[groupOfRoot[root]].map { $0 + startOfRoot[root] + cells.starts[buffer] }
    }
  }
}
