// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Normalisation of each row: `y = (x − mean) / √(variance + epsilon) · scale + bias`.
///
/// Inputs: x `[…, C]`, scale `[C]`, optional bias `[C]`; mean and variance are over the last axis.
/// Float32 only. Source: Ba et al. 2016, arXiv:1607.06450.
package struct LayerNormalization: Operator, Hashable {
  package static let name = "LayerNormalization"
  package static let spellings: [Spelling] = [.onnx("LayerNormalization", since: 17, fromONNX)]
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.floatOnly

  /// Added to the variance; in its units.
  package var epsilon: Float

  package init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferNormalization(inputs, epsilon: epsilon)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceNormalization(inputs, epsilon: epsilon, isCentered: true)
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    node.normalization(epsilon: epsilon, isCentered: true)
  }
}

// MARK: - Gradient

extension LayerNormalization: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try builder.normalizationGradients(node, epsilon: epsilon, isCentered: true) {
      (builder, inputs) throws(OperatorError) in try builder.apply(self, inputs)
    }
  }
}

// MARK: - Training

extension LayerNormalization: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .scale), .init(2, .bias)]
}

// MARK: - Samples

extension LayerNormalization {
  package static let samples: [Sample] = [
    Sample(
      "float32", LayerNormalization(),
      [.variable(.float([2, 3, 75])), .constant(.float([75])), .constant(.float([75]))]),
    Sample(
      "float32, no bias", LayerNormalization(epsilon: 0.1),
      [.variable(.float([7, 32])), .variable(.float([32]))]),
  ]
}

// MARK: - Spellings

extension LayerNormalization {
  private static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let epsilon = try node.attributes.float("epsilon", default: 1e-5)
    let (x, vectors, axis) = try node.normalizedRows(vectors: 2)
    let shape = node.shape(of: try node.input(0))
    let y = try node.apply(LayerNormalization(epsilon: epsilon), [x] + vectors)
    let result = try node.reshaped(y, to: shape.extents)
    guard node.outputs.count > 1 else { return [result] }
    // The statistics: the mean, then the reciprocal of the standard deviation.
    let mean = try node.apply(Reduce(.mean, axes: axis...axis), [x])
    let deviation = try node.apply(Subtract(), [x, mean])
    let squares = try node.apply(Power(exponent: 2), [deviation])
    let variance = try node.apply(Reduce(.mean, axes: axis...axis), [squares])
    let sum = try node.apply(Add(), [variance, node.constant([1], [epsilon])])
    let inverse = try node.apply(ReciprocalSquareRoot(), [sum])
    let extents = shape.extents[..<axis] + [Int](repeating: 1, count: shape.rank - axis)
    let statistics = [
      try node.reshaped(mean, to: Array(extents)), try node.reshaped(inverse, to: Array(extents)),
    ]
    return [result] + statistics.prefix(node.outputs.count - 1)
  }
}
