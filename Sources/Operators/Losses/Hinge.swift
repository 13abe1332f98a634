// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Hinge loss of many classes: `y[b] = Σ (1 − t[c]) · max(0, margin − s + x[c]) / C`.
///
/// Inputs: scores x and targets t, both `[B, C]`; t is 1 for the class and 0 for the others, so
/// that s = Σ t · x is the class's score. Targets between are mixed. Float32 only. Source: Weston
/// and Watkins 1998, "Multi-class support vector machines".
package struct Hinge: Loss {
  package static let name = "Hinge"
  package static let inputCount = 2...2

  /// How far the class's score is to be above the others.
  package var margin: Float

  package init(margin: Float = 1) { self.margin = margin }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("margin", margin)
    return try inferLosses(inputs, rank: 2...2)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let losses = zip(inputs[0].samples, inputs[1].samples).map { x, t in
      let score = zip(x, t).reduce(0) { $0 + $1.0 * $1.1 }
      let terms = zip(x, t).map { (1 - $1) * max(0, Double(margin) - score + $0) }
      return terms.reduce(0, +) / Double(x.count)
    }
    return [ReferenceTensor([losses.count], losses)]
  }

  /// By how much each class comes too close, below 0 where it does not, and what it counts.
  private func excess(
    _ x: Value, _ t: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> (excess: Value, weight: Value) {
    let score = try builder.apply(Reduce(.sum, axes: 1...1), [try builder.product(t, x)])
    let least = try builder.difference(score, builder.scalar(margin))
    return (
      try builder.difference(x, least), try builder.difference(builder.scalar(1), t)
    )
  }

  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    let (excess, weight) = try excess(inputs[0], inputs[1], &builder)
    let terms = try builder.product(weight, try builder.positivePart(excess))
    return [try builder.ofSamples(.mean, terms)]
  }

  /// With m the weight of each class that comes too close, times `dy / C`: `m − t · Σm` by x, and
  /// `−max(0, excess) · dy / C − x · Σm` by t.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, t) = (node.inputs[0], node.inputs[1])
    let factor = Float(1 / Double(builder.shape(of: x)[1]))
    let dy = try builder.scaled(
      try builder.forSamples(node.outputGradient, rank: 2), by: factor)
    let (excess, weight) = try excess(x, t, &builder)
    let close = try builder.positivePartGradient(
      try builder.product(weight, dy), of: excess)
    let sum = try builder.apply(Reduce(.sum, axes: 1...1), [close])
    return try node.each { (input) throws(OperatorError) in
      guard input == 1 else {
        return try builder.difference(close, try builder.product(t, sum))
      }
      let own = try builder.product(try builder.positivePart(excess), dy)
      return try builder.negated(try builder.sum(own, try builder.product(x, sum)))
    }
  }
}

// MARK: - Samples

extension Hinge {
  package static let samples: [Sample] = [
    Sample(
      "float32", Hinge(),
      [.variable(.float([5, 19])), .variable(.float([5, 19]), 0...0.1)]),
    Sample(
      "one class each", Hinge(margin: 0.5),
      [
        .variable(.float([2, 3])), .data(TensorData([2, 3], float32: [0, 1, 0, 0, 0, 1])),
      ]),
  ]
}
