// SPDX-License-Identifier: Apache-2.0

/// Checks a memory plan against its problem; shares no code with the planner.
///
/// Besides checking numbers it runs the plan on names: every write marks arena bytes with the
/// buffer's, every read must find its own bytes' marks. So two buffers that overlap in both steps
/// and bytes are found, unless a slice or a chosen overwrite says that they do.
/// - Throws: `PlanError` of the first thing that is wrong.
package func verifyPlan(
  _ plan: MemoryPlan, for problem: PlanningProblem
) throws(PlanError) {
  let verifier = PlanVerifier(plan: plan, problem: problem)
  try verifier.checkOrder()
  try verifier.checkPlaces()
  try verifier.checkOverwrites()
  try verifier.checkContents()
  try verifier.checkNumbers()
}

private struct PlanVerifier {
  let plan: MemoryPlan
  let problem: PlanningProblem

  private var steps: [PlanningProblem.Step] { problem.steps }

  /// The bytes of a buffer in the buffer that its slices lead up to.
  private func bytes(of buffer: Int) -> (base: Int, range: Range<Int>) {
    var base = buffer
    var start = 0
    while case .slice(let parent, let byteOffset) = problem.buffers[base].place {
      base = parent
      start += byteOffset
    }
    return (base, start..<start + problem.buffers[buffer].byteCount)
  }

  private func isInArena(_ buffer: Int) -> Bool {
    problem.buffers[bytes(of: buffer).base].place == .arena
  }

  private func overlap(_ first: Int, _ second: Int) -> Bool {
    let (one, other) = (bytes(of: first), bytes(of: second))
    return one.base == other.base && one.range.overlaps(other.range)
  }

  // MARK: - Order

  func checkOrder() throws(PlanError) {
    guard plan.stepOrder.sorted() == Array(steps.indices) else { throw .orderIsNoPermutation }
    var position = [Int](repeating: 0, count: steps.count)
    for (index, step) in plan.stepOrder.enumerated() { position[step] = index }
    var users: [Int: [Int]] = [:]
    for (index, step) in steps.enumerated() {
      for base in Set((step.reads + step.writes).map { bytes(of: $0).base }) {
        for earlier in users[base, default: []] where position[earlier] > position[index] {
          guard !mustPrecede(steps[earlier], step) else {
            throw .orderBreaksDependency(step: index, runsBefore: earlier)
          }
        }
        users[base, default: []].append(index)
      }
    }
  }

  private func mustPrecede(
    _ earlier: PlanningProblem.Step, _ later: PlanningProblem.Step
  ) -> Bool {
    earlier.writes.contains { write in later.reads.contains { overlap(write, $0) } }
      || earlier.reads.contains { read in later.writes.contains { overlap(read, $0) } }
  }

  // MARK: - Places

  func checkPlaces() throws(PlanError) {
    guard plan.offsets.count == problem.buffers.count,
      plan.intervals.count == problem.buffers.count
    else { throw .bufferCount }
    let touched = Set(steps.flatMap { $0.reads + $0.writes }.filter(isInArena))
    let sharing = Set(plan.overwrites.flatMap { [$0.overwrite.input, $0.overwrite.output] })
    let unaligned = Set(sharing.map { bytes(of: $0).base })
    for (buffer, item) in problem.buffers.enumerated() {
      guard let offset = plan.offsets[buffer] else {
        guard !touched.contains(buffer) || item.byteCount == 0 else {
          throw .offsetMissing(buffer: buffer)
        }
        continue
      }
      guard isInArena(buffer) else { throw .offsetUnexpected(buffer: buffer) }
      guard offset >= 0, offset + item.byteCount <= plan.arenaBytes else {
        throw .outsideArena(buffer: buffer)
      }
      switch item.place {
      case .slice(let parent, let byteOffset):
        guard plan.offsets[parent] == offset - byteOffset else {
          throw .sliceMoved(buffer: buffer)
        }
      case .arena, .bound:
        // 8 bytes is the largest element; a buffer that shares bytes with a slice is bound to its
        // start.
        guard offset % (unaligned.contains(buffer) ? 8 : 64) == 0 else {
          throw .misaligned(buffer: buffer)
        }
      }
    }
  }

  func checkOverwrites() throws(PlanError) {
    var used: Set<[Int]> = []
    for choice in plan.overwrites {
      let (input, output) = (choice.overwrite.input, choice.overwrite.output)
      guard steps.indices.contains(choice.step),
        steps[choice.step].overwritable.contains(choice.overwrite),
        steps[choice.step].reads.contains(input), steps[choice.step].writes.contains(output),
        used.insert([choice.step, input]).inserted, used.insert([choice.step, output]).inserted
      else { throw .overwriteNotOffered(step: choice.step, input: input, output: output) }
      guard plan.offsets[input] != nil, plan.offsets[input] == plan.offsets[output],
        problem.buffers[output].byteCount <= problem.buffers[input].byteCount
      else { throw .overwriteMisplaced(step: choice.step, input: input, output: output) }
    }
  }

  // MARK: - Contents

  /// Runs the plan on marks instead of numbers.
  func checkContents() throws(PlanError) {
    var memory = MarkedMemory()
    var written: Set<Int> = []
    for (position, index) in plan.stepOrder.enumerated() {
      let step = steps[index]
      for buffer in step.reads {
        try check(memory, buffer, bytes(of: buffer).range, position)
      }
      try checkOverlap(of: index, position)
      for buffer in step.writes {
        guard let range = arenaBytes(of: buffer) else { continue }
        let (base, bytes) = bytes(of: buffer)
        // What other steps have written of the same bytes must still be there.
        for other in written where overlap(other, buffer) {
          let common = bytes.clamped(to: self.bytes(of: other).range)
          try check(memory, buffer, common, position)
        }
        written.insert(buffer)
        memory.mark(range, base: base, start: bytes.lowerBound)
      }
    }
  }

  private func arenaBytes(of buffer: Int) -> Range<Int>? {
    plan.offsets[buffer].map { $0..<$0 + problem.buffers[buffer].byteCount }
  }

  /// Whether some bytes of a buffer, counted in its base, hold what was written to them.
  private func check(
    _ memory: MarkedMemory, _ buffer: Int, _ part: Range<Int>, _ position: Int
  ) throws(PlanError) {
    guard let offset = plan.offsets[buffer] else { return }
    let (base, bytes) = bytes(of: buffer)
    let start = offset + part.lowerBound - bytes.lowerBound
    switch memory.firstDifference(start..<start + part.count, base: base, start: part.lowerBound) {
    case .none: return
    case .unwritten: throw .readBeforeWritten(buffer: buffer, position: position)
    case .other(let other):
      throw .overwritten(buffer: buffer, by: other, position: position)
    }
  }

  /// What one step reads and writes overlaps only where slices or a chosen overwrite say so.
  private func checkOverlap(of index: Int, _ position: Int) throws(PlanError) {
    let step = steps[index]
    let chosen = plan.overwrites.filter { $0.step == index }.map(\.overwrite)
    for (number, written) in step.writes.enumerated() {
      guard let target = arenaBytes(of: written) else { continue }
      for read in step.reads where arenaBytes(of: read).map(target.overlaps) ?? false {
        let isSameBuffer = overlap(read, written)
        let source = chosen.first { $0.output == written }?.input
        // The kernel also offers every other operand that is the overwritten input itself.
        let isOffered =
          source != nil && plan.offsets[read] == plan.offsets[written]
          && step.overwritable.contains { $0.input == read && $0.output == written }
        guard isSameBuffer || source == read || isOffered else {
          throw .overlapInStep(position: position, written: written, other: read)
        }
      }
      for other in step.writes[..<number] where arenaBytes(of: other).map(target.overlaps) ?? false
      {
        guard bytes(of: other).base == bytes(of: written).base else {
          throw .overlapInStep(position: position, written: written, other: other)
        }
      }
    }
  }

  // MARK: - Numbers

  func checkNumbers() throws(PlanError) {
    for buffer in problem.buffers.indices {
      let users = plan.stepOrder.indices.filter { position in
        let step = steps[plan.stepOrder[position]]
        return isInArena(buffer) && (step.reads + step.writes).contains { overlap($0, buffer) }
      }
      guard plan.intervals[buffer]?.first == users.first,
        plan.intervals[buffer]?.last == users.last
      else { throw .wrongInterval(buffer: buffer) }
    }
    let naive = problem.buffers.filter { $0.place == .arena }
      .reduce(0) { $0 + ($1.byteCount + 63) / 64 * 64 }
    guard plan.naiveBytes == naive else { throw .wrongNaiveBytes }
    guard plan.arenaBytes % 64 == 0, plan.arenaBytes >= plan.lowerBoundBytes else {
      throw .wrongArenaBytes
    }
  }
}
