// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Divergence from a distribution: `y[b] = T² · Σ t · (log t − log softmax(x / T))`.
///
/// Inputs: logits x and probabilities t, both `[B, C]`; a term is 0 where t is. T is the
/// temperature of distillation, whose square keeps gradients as large as those of other losses;
/// targets are the teacher's softmax at the same temperature. Float32 only. Source: Hinton et al.
/// 2015, arXiv:1503.02531, section 2.
package struct KullbackLeibler: Loss {
  package static let name = "KullbackLeibler"
  package static let inputCount = 2...2

  /// Divides the logits; above 0.
  package var temperature: Float

  package init(temperature: Float = 1) { self.temperature = temperature }

  private var beta: Float { 1 / temperature }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let square = temperature * temperature
    guard temperature > 0, square.isNormal, beta.isNormal else {
      throw .attributeValue("temperature", .float(temperature))
    }
    return try inferLosses(inputs, rank: 2...2)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let losses = zip(inputs[0].samples, inputs[1].samples).map { x, t in
      let terms = zip(surprises(x.map { $0 * Double(beta) }), t)
      return terms.reduce(0) { $0 + ($1.1 == 0 ? 0 : $1.1 * (logarithm($1.1) + $1.0)) }
    }
    return [ReferenceTensor([losses.count], losses.map { Double(temperature * temperature) * $0 })]
  }

  /// `log t − log softmax(x / T)`.
  private func terms(
    _ x: Value, _ t: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    // 0 · log 0 would be NaN.
    let positive = ActivationRange(min: .leastNormalMagnitude, max: .infinity)
    let logarithm = try builder.apply(
      Logarithm(), [try builder.apply(Clamp(range: positive), [t])])
    return try builder.sum(logarithm, try builder.surprises(try builder.scaled(x, by: beta)))
  }

  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    let terms = try terms(inputs[0], inputs[1], &builder)
    let sum = try builder.ofSamples(.sum, try builder.product(inputs[1], terms))
    return [try builder.scaled(sum, by: temperature * temperature)]
  }

  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, t) = (node.inputs[0], node.inputs[1])
    let dy = try builder.forSamples(node.outputGradient, rank: 2)
    return try node.each { (input) throws(OperatorError) in
      guard input == 1 else {
        let dy = try builder.scaled(dy, by: temperature)
        return try builder.softmaxExcess(x, over: t, beta: beta, times: dy)
      }
      let slope = try builder.sum(try terms(x, t, &builder), builder.scalar(1))
      return try builder.product(
        slope, try builder.scaled(dy, by: temperature * temperature))
    }
  }
}

// MARK: - Samples

extension KullbackLeibler {
  package static let samples: [Sample] = [
    Sample(
      "float32", KullbackLeibler(),
      [.variable(.float([5, 19]), -4...4), .variable(.float([5, 19]), 0.01...1)]),
    Sample(
      "with a temperature", KullbackLeibler(temperature: 3),
      [.variable(.float([2, 7]), -9...9), .variable(.float([2, 7]), 0.1...1)]),
  ]
}
