// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Finds what would lower the memory of a graph that does not fit, by compiling each change.
///
/// A change that cannot be made to this graph is not offered.
struct BudgetRemedies {
  private let graph: Graph
  private let options: CompileOptions
  private let limit: BudgetExcess.Limit
  /// The options without budgets: what is compiled here is measured, not refused.
  private var unbounded: CompileOptions

  /// Takes the graph as it was given, before any pass.
  init(_ graph: Graph, _ options: CompileOptions, _ excess: BudgetExcess) {
    self.graph = graph
    self.options = options
    limit = excess.limit
    unbounded = options
    unbounded.arenaBudget = nil
    unbounded.memoryBudget = nil
  }

  /// All that apply, in no order.
  var all: [BudgetExcess.Remedy] {
    var remedies: [BudgetExcess.Remedy?] = []
    if options.inPlaceDepthwise == .never {
      var changed = unbounded
      changed.inPlaceDepthwise = .whenItLowersThePeak
      remedies.append(remedy(.inPlaceDepthwise, graph, changed))
    }
    remedies.append(inInt8(graph).flatMap { remedy(.int8, $0, unbounded) })
    if let smaller = graph.withSmallerInput {
      let (name, shape) = (smaller.input, smaller.shape)
      remedies.append(remedy(.input(name: name, shape), smaller.graph, unbounded))
      remedies.append(
        inInt8(smaller.graph).flatMap {
          remedy(.int8AndInput(name: name, shape), $0, unbounded)
        })
    }
    return remedies.compactMap(\.self)
  }

  private func inInt8(_ graph: Graph) -> Graph? { try? graph.inInt8() }

  private func remedy(
    _ change: BudgetExcess.Remedy.Change, _ graph: Graph, _ options: CompileOptions
  ) -> BudgetExcess.Remedy? {
    guard let program = try? compile(graph, options: options) else { return nil }
    return BudgetExcess.Remedy(change: change, neededBytes: program.report.bytes(in: limit))
  }
}
