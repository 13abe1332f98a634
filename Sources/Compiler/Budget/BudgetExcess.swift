// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// A budget that a program does not meet, what takes the memory, and what would help.
package struct BudgetExcess: Equatable, Sendable {
  /// What the budget bounds.
  package enum Limit: Equatable, Sendable {
    case arena
    case memory
  }

  /// A piece of what the budget bounds.
  package struct Item: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
      /// The packed weights and tables of a step.
      case constants
      /// A tensor in the arena at the step that needs most.
      case activation
      case input
      case output
      /// Everything that outlives a run.
      case state
      /// The working memory of one thread.
      case scratch
      /// The calls that are prepared at load.
      case calls
    }

    package let kind: Kind
    /// Of the step or tensor; empty for state, scratch and calls.
    package let name: String
    package let byteCount: Int
  }

  /// A change, and what the program would need with it: compiled, not estimated.
  package struct Remedy: Equatable, Sendable {
    package enum Change: Equatable, Sendable {
      /// Depthwise convolutions over their own input, where that lowers the peak.
      case inPlaceDepthwise
      /// Activations and weights in 8 bits wherever a kernel computes in them.
      case int8
      /// The same model for a smaller input.
      case input(name: String, Shape)
      /// 8 bits and the smaller input together.
      case int8AndInput(name: String, Shape)
    }

    package let change: Change
    /// What the budget bounds, with the change.
    package let neededBytes: Int
  }

  package let limit: Limit
  package let budgetBytes: Int
  package let neededBytes: Int

  /// The five largest pieces of what is bounded, the largest first.
  package let largest: [Item]

  /// The changes that save something, the one that saves most first.
  package private(set) var remedies: [Remedy] = []

  /// What a remedy saves, in bytes.
  package func savedBytes(by remedy: Remedy) -> Int { neededBytes - remedy.neededBytes }

  /// Whether a remedy alone is enough.
  package func isEnough(_ remedy: Remedy) -> Bool { remedy.neededBytes <= budgetBytes }

  /// The same with remedies.
  func with(_ remedies: [Remedy]) -> BudgetExcess {
    var excess = self
    excess.remedies = remedies.filter { savedBytes(by: $0) > 0 }
      .sorted { $0.neededBytes < $1.neededBytes }
    return excess
  }
}

extension BudgetExcess {
  /// The number of largest pieces that are named.
  private static let itemLimit = 5

  /// Holds a program against the budgets; `nil` when it meets them.
  init?(_ report: MemoryReport, _ program: PlannedEntryPoint, _ options: CompileOptions) {
    if let budget = options.arenaBudget, report.arenaBytes > budget {
      limit = .arena
      budgetBytes = budget
    } else if let budget = options.memoryBudget, report.totalBytes > budget {
      limit = .memory
      budgetBytes = budget
    } else {
      return nil
    }
    neededBytes = report.bytes(in: limit)
    var items = report.peakItems.map { Item(.activation, $0) }
    if limit == .memory {
      let lowered = program.lowered
      items += program.constantItems
      items += lowered.inputs.map { Item(.input, lowered.item($0)) }
      items += lowered.outputs.map { Item(.output, lowered.item($0)) }
      items.append(Item(kind: .state, name: "", byteCount: report.stateBytes))
      items.append(Item(kind: .scratch, name: "", byteCount: report.scratchBytesPerThread))
      items.append(Item(kind: .calls, name: "", byteCount: report.memory.tableByteCount))
    }
    // Ties keep their order: `sorted` is stable.
    let sorted = items.filter { $0.byteCount > 0 }.sorted { $0.byteCount > $1.byteCount }
    largest = Array(sorted.prefix(Self.itemLimit))
  }
}

extension BudgetExcess.Item {
  fileprivate init(_ kind: Kind, _ item: MemoryReport.Item) {
    self.init(kind: kind, name: item.name, byteCount: item.byteCount)
  }
}

extension MemoryReport {
  /// The bytes that a budget bounds.
  func bytes(in limit: BudgetExcess.Limit) -> Int {
    switch limit {
    case .arena: arenaBytes
    case .memory: totalBytes
    }
  }
}

extension PlannedEntryPoint {
  /// What each step adds to the constants: bytes that an earlier step has already are stored once.
  fileprivate var constantItems: [BudgetExcess.Item] {
    var stored: Set<[UInt8]> = []
    return steps.map { step in
      let added = step.call.operands.reduce(0) { total, operand in
        guard case .constant(let bytes, _) = operand, stored.insert(bytes).inserted else {
          return total
        }
        return total + bytes.count
      }
      return BudgetExcess.Item(kind: .constants, name: step.name, byteCount: added)
    }
  }
}
