// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Cross-entropy of logits: `y[b] = −Σ t[b, c] · log softmax(x[b])[c]`.
///
/// Inputs: logits x and targets t, both `[B, C]`. Targets are any weights not below 0: one for the
/// class and 0 for the others, or these smoothed, mixed or times a class's weight. Float32 only.
package struct SoftmaxCrossEntropy: Loss {
  package static let name = "SoftmaxCrossEntropy"
  package static let inputCount = 2...2

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferLosses(inputs, rank: 2...2)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let losses = zip(inputs[0].samples, inputs[1].samples).map { x, t in
      zip(surprises(x), t).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return [ReferenceTensor([losses.count], losses)]
  }

  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    let terms = try builder.product(inputs[1], try builder.surprises(inputs[0]))
    return [try builder.ofSamples(.sum, terms)]
  }

  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, t) = (node.inputs[0], node.inputs[1])
    let dy = try builder.forSamples(node.outputGradient, rank: 2)
    return try node.each { (input) throws(OperatorError) in
      input == 0
        ? try builder.softmaxExcess(x, over: t, times: dy)
        : try builder.product(try builder.surprises(x), dy)
    }
  }
}

// MARK: - Samples

extension SoftmaxCrossEntropy {
  package static let samples: [Sample] = [
    Sample(
      "float32", SoftmaxCrossEntropy(),
      [.variable(.float([5, 19]), -4...4), .variable(.float([5, 19]), 0...1)]),
    Sample(
      "one class each", SoftmaxCrossEntropy(),
      [
        .variable(.float([2, 3]), -4...4), .data(TensorData([2, 3], float32: [0, 1, 0, 0, 0, 1])),
      ]),
  ]
}
