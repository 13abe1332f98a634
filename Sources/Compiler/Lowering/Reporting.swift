// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph

extension MemoryReport {
  init(_ program: PlannedEntryPoint, sourceName: String, memory: MemoryRequirements) {
    let (plan, lowered) = (program.plan, program.lowered)
    let live = plan.liveBuffers(at: plan.peakPosition).filter { buffer in
      lowered.tensors[buffer].place == .arena
    }
    self.init(
      sourceName: sourceName, memory: memory, lowerBoundBytes: plan.lowerBoundBytes,
      naiveBytes: plan.naiveBytes, peakStep: plan.peakPosition,
      peakItems: live.map { lowered.item($0) }.largestFirst,
      steps: program.steps.map { step in
        Step(
          contract: step.call.contract.name, name: step.name, macCount: step.call.macCount,
          constantBytes: step.call.constantBytes,
          outputBytes: step.call.requirements.operandBytes.last ?? 0, liveBytes: step.liveBytes)
      })
  }
}

extension LoweredGraph {
  func item(_ tensor: Int) -> MemoryReport.Item {
    MemoryReport.Item(name: tensors[tensor].name, byteCount: byteCount(of: tensor))
  }
}

extension [MemoryReport.Item] {
  var largestFirst: [MemoryReport.Item] {
    // Ties keep their order: `sorted` is stable.
    sorted { $0.byteCount > $1.byteCount }
  }
}
