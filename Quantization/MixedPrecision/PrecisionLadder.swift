// SPDX-License-Identifier: Apache-2.0

/// Nodes that become more precise together.
package struct PrecisionStep: Hashable, Sendable {
  package let precision: Precision

  /// Positions in the prepared graph.
  package let nodes: Set<Int>

  package init(precision: Precision, nodes: Set<Int>) {
    self.precision = precision
    self.nodes = nodes
  }
}

/// Steps from int8 to more precise forms, those first that take most noise away for their cost.
///
/// The rounding of an activation goes when all nodes that touch it are int16 or float, that of
/// weights when their layer is float. Greedy: every step is the best bargain after those before,
/// with the contributions of single roundings taken to add up.
package struct PrecisionLadder {
  package private(set) var steps: [PrecisionStep] = []

  private let sources: [NoiseSource]
  private let cost: (_ node: Int, _ precision: Precision) -> Double?
  private var precisions: [Int: Precision] = [:]

  /// - Parameters:
  ///   - sources: roundings of int8 nodes.
  ///   - cost: the time of a node in a precision, `nil` when it has no such form.
  package init(
    _ sources: [NoiseSource], cost: @escaping (_ node: Int, _ precision: Precision) -> Double?
  ) {
    self.sources = sources
    self.cost = cost
    while let step = bestStep() {
      for node in step.nodes { precisions[node] = step.precision }
      steps.append(step)
    }
  }

  private func bestStep() -> PrecisionStep? {
    var best: (step: PrecisionStep, ratio: Double)?
    for source in sources where remains(source, precisions) {
      let wide = source.isOfWeights ? [] : candidates(source, .int16)
      for step in wide + candidates(source, .float32) {
        let bargain = ratio(of: step)
        // Of equal bargains the first.
        if bargain > best?.ratio ?? 0 { best = (step, bargain) }
      }
    }
    return best?.step
  }

  /// The step that takes a source's noise away by a precision; empty when a node has no such form.
  private func candidates(_ source: NoiseSource, _ precision: Precision) -> [PrecisionStep] {
    let nodes = source.nodes.filter { rank(precisions[$0]) < rank(precision) }
    guard !nodes.isEmpty, nodes.allSatisfy({ cost($0, precision) != nil }) else { return [] }
    return [PrecisionStep(precision: precision, nodes: nodes)]
  }

  private func rank(_ precision: Precision?) -> Int {
    switch precision {
    case .float32: 2
    case .int16: 1
    case .int8, nil: 0
    }
  }

  private func remains(_ source: NoiseSource, _ precisions: [Int: Precision]) -> Bool {
    source.nodes.contains { node in
      source.isOfWeights ? precisions[node] != .float32 : rank(precisions[node]) == 0
    }
  }

  /// The noise that a step takes away, for each unit of time that it costs.
  private func ratio(of step: PrecisionStep) -> Double {
    var after = precisions
    var price = 0.0
    for node in step.nodes {
      let before = cost(node, precisions[node] ?? .int8) ?? 0
      price += (cost(node, step.precision) ?? 0) - before
      after[node] = step.precision
    }
    let gain = sources.reduce(0) { sum, source in
      remains(source, precisions) && !remains(source, after) ? sum + source.noise : sum
    }
    // What is no slower is the best bargain there is.
    return gain / max(price, .leastNormalMagnitude)
  }
}
