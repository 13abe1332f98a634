// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Triplet loss: `y[b] = max(0, ‖a − p + ε‖ − ‖a − n + ε‖ + margin)`.
///
/// Inputs: anchors a, positives p and negatives n, embeddings `[B, D]`; ε = 10⁻⁶ keeps the
/// derivative finite where two are equal. Float32 only. Source: Schroff et al. 2015,
/// arXiv:1503.03832.
package struct Triplet: Loss {
  package static let name = "Triplet"
  package static let inputCount = 3...3

  /// By how much the negative is to be further away.
  package var margin: Float

  package init(margin: Float = 1) { self.margin = margin }

  private var epsilon: Float { 1e-6 }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("margin", margin)
    return try inferLosses(inputs, rank: 2...2)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let samples = inputs.map(\.samples)
    let losses = (0..<inputs[0].shape[0]).map { b in
      func distance(_ other: Int) -> Double {
        zip(samples[0][b], samples[other][b]).reduce(0) {
          let d = $1.0 - $1.1 + Double(epsilon)
          return $0 + d * d
        }.squareRoot()
      }
      return max(0, distance(1) - distance(2) + Double(margin))
    }
    return [ReferenceTensor([losses.count], losses)]
  }

  /// From the anchors to others: how far they differ, and the distance, `[B, 1]`.
  private func distance(
    _ a: Value, _ other: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> (difference: Value, length: Value) {
    let difference = try builder.sum(
      try builder.difference(a, other), builder.scalar(epsilon))
    let squares = try builder.apply(Reduce(.sumOfSquares, axes: 1...1), [difference])
    return (difference, try builder.apply(SquareRoot(), [squares]))
  }

  private func excess(
    _ near: Value, _ far: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.sum(try builder.difference(near, far), builder.scalar(margin))
  }

  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    let near = try distance(inputs[0], inputs[1], &builder).length
    let far = try distance(inputs[0], inputs[2], &builder).length
    let part = try builder.positivePart(try excess(near, far, &builder))
    // Two distances without bound have no difference, and a broken network must not seem perfect.
    let isBounded = try builder.apply(Comparison(.less), [far, builder.scalar(.infinity)])
    let loss = try builder.apply(Select(), [isBounded, part, far])
    return [try builder.reshaped(loss, as: [builder.shape(of: loss)[0]])]
  }

  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let near = try distance(node.inputs[0], node.inputs[1], &builder)
    let far = try distance(node.inputs[0], node.inputs[2], &builder)
    let dy = try builder.positivePartGradient(
      try builder.forSamples(node.outputGradient, rank: 2),
      of: try excess(near.length, far.length, &builder))
    let toNear = try builder.product(
      near.difference, try builder.apply(Divide(), [dy, near.length]))
    let toFar = try builder.product(
      far.difference, try builder.apply(Divide(), [dy, far.length]))
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0: try builder.difference(toNear, toFar)
      case 1: try builder.negated(toNear)
      default: toFar
      }
    }
  }
}

// MARK: - Samples

extension Triplet {
  package static let samples: [Sample] = [
    Sample(
      "float32", Triplet(),
      [
        .variable(.float([7, 19])), .variable(.float([7, 19])), .variable(.float([7, 19])),
      ])
  ]
}
