// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// A lowered graph with its memory plan: what is written to a file and reported.
struct PlannedEntryPoint: Sendable {
  /// One step as it runs.
  struct Step: Sendable {
    let name: String
    let operation: String
    let call: LoweredGraph.Call
    /// Arena bytes that hold something while it runs.
    let liveBytes: Int
  }

  let name: String
  let lowered: LoweredGraph
  let plan: MemoryPlan

  /// The steps in the order they run.
  let steps: [Step]

  /// Lowers and plans; the plan has passed its verifier.
  init(
    _ entry: EntryPointGraph, _ states: ProgramStates, options: CompileOptions
  ) throws(CompileError) {
    let lowered = try LoweredGraph(entry.graph, states, options: options)
    var planning = PlanningOptions()
    planning.changesKernels = options.inPlaceDepthwise == .whenItLowersThePeak
    let plan = planMemory(lowered.planningProblem, options: planning)
    do throws(PlanError) {
      try verifyPlan(plan, for: lowered.planningProblem)
    } catch {
      throw .invalidPlan(error)
    }
    let changed = Set(plan.stepsWithChangedKernel)
    steps = plan.stepOrder.enumerated().map { position, index in
      let step = lowered.steps[index]
      let call = changed.contains(index) ? step.inPlaceCall ?? step.call : step.call
      return Step(
        name: step.name, operation: step.operation, call: call,
        liveBytes: plan.liveBytes(at: position, in: lowered))
    }
    name = entry.name
    self.lowered = lowered
    self.plan = plan
  }

  var scratchBytesPerThread: Int { steps.map(\.call.requirements.scratchBytes).max() ?? 0 }
}

extension MemoryPlan {
  /// The arena bytes under at least one live buffer, overwrites and slices counted once.
  func liveBytes(at position: Int, in lowered: LoweredGraph) -> Int {
    let ranges = liveBuffers(at: position).compactMap { buffer in
      offsets[buffer].map { $0..<$0 + lowered.byteCount(of: buffer) }
    }
    var total = 0
    var end = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where range.upperBound > end {
      total += range.upperBound - max(end, range.lowerBound)
      end = range.upperBound
    }
    return total
  }
}
