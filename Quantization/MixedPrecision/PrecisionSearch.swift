// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// A node that is more precise than int8 for the sake of accuracy, and its price.
package struct KeptNode: Sendable {
  package let name: String
  package let precision: Precision

  /// Multiply-accumulates of one run; 0 when it is no layer.
  package let macCount: Int

  /// How many bytes more its weights take.
  package let extraBytes: Int
}

/// Finds the first steps of a ladder that reach goals within limits.
///
/// Accuracy and cost are taken to grow with every step, so that few schemes are tried.
struct PrecisionSearch {
  let goals: QuantizationGoals
  /// What a scheme is worth, and what it costs; either may leave out the other.
  let accuracy: (QuantizationScheme) throws -> Assessment
  let cost: (QuantizationScheme) throws -> Assessment

  /// How many steps of a ladder to take, at most all.
  func stepCount(_ scheme: QuantizationScheme, _ ladder: PrecisionLadder) throws -> Int {
    var count = ladder.steps.count
    if goals.asksForAccuracy {
      count = try first(in: 0...count) {
        goals.isAccurate(try accuracy(scheme.taking(ladder.steps.prefix($0))))
      }
    }
    if goals.limitsCost {
      // The first that is too dear, less one.
      count =
        try first(in: 1...count + 1) {
          !goals.isAffordable(try cost(scheme.taking(ladder.steps.prefix($0))))
        } - 1
    }
    return count
  }

  /// The least number of a range for which a test holds that then holds for all greater ones; the
  /// greatest of the range is not tried.
  private func first(in range: ClosedRange<Int>, _ test: (Int) throws -> Bool) rethrows -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if try test(middle) { high = middle } else { low = middle + 1 }
    }
    return high
  }
}

extension QuantizationScheme {
  /// The scheme after some steps of a ladder.
  func taking(_ steps: some Sequence<PrecisionStep>) -> QuantizationScheme {
    steps.reduce(self) { $0.keeping($1.precision, nodes: $1.nodes) }
  }

  /// The nodes that are more precise here than in another scheme of the same graph.
  func kept(beyond other: QuantizationScheme) -> [KeptNode] {
    let costs = graph.layerCosts.reduce(into: [:]) { $0[$1.node] = $1 }
    return graph.nodes.indices.compactMap { index in
      let (now, before) = (placement.precisions[index], other.placement.precisions[index])
      guard now != before else { return nil }
      return KeptNode(
        name: graph.nodes[index].name, precision: now, macCount: costs[index]?.macCount ?? 0,
        extraBytes: now == .float32 ? 3 * (costs[index]?.weightCount ?? 0) : 0)
    }
  }

  /// The ladder of the scheme's int8 nodes.
  ///
  /// Times are those that a CPU's rates tell. Where none are known a multiply-accumulate of int16
  /// takes twice the time of int8 and one of float four times, as the widths of registers have it.
  func ladder(_ sources: [NoiseSource], _ rates: KernelRates?) -> PrecisionLadder {
    var known: [Int: [Precision: Double?]] = [:]
    let products = graph.layerCosts.reduce(into: [:]) { $0[$1.node] = $1.macCount }
    return PrecisionLadder(sources) { node, precision in
      if let cost = known[node]?[precision] { return cost }
      let cost =
        rates.map { nanoseconds(of: node, in: precision, $0) }
        ?? width(of: node, precision, products: products[node] ?? 0)
      known[node, default: [:]][precision] = .some(cost)
      return cost
    }
  }

  private func nanoseconds(
    of node: Int, in precision: Precision, _ rates: KernelRates
  ) -> Double? {
    guard let context = graph.context(node: node, in: precision) else { return nil }
    return context.estimatedNanoseconds(graph.operation(of: node, in: context), rates)
  }

  private func width(of node: Int, _ precision: Precision, products: Int) -> Double? {
    guard precision == .float32 || graph.hasForm(in: precision, node: node) else { return nil }
    let elements = graph.type(of: graph.nodes[node].outputs[0]).shape.elementCount
    return Double(precision.dtype.byteCount) * Double(products + elements)
  }
}
