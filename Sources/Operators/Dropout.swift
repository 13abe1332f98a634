// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Dropout in training: `y = x / (1 − probability)`, or 0 with this probability.
///
/// Inputs: x of any shape, and a seed, int32 `[1]`. Whether an element stays is a hash of its
/// index, the seed and the stream (`uk_f32_dropout_parameters` has it), so that the gradient is the
/// same operator on dy. Float32 only. Source: Srivastava et al. 2014, "Dropout: a simple way to
/// prevent neural networks from overfitting".
package struct Dropout: Operator, Hashable {
  package static let name = "Dropout"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// How likely an element becomes 0; at least 0 and less than 1.
  package var probability: Float

  /// Tells the layers of a network apart, which have one seed.
  package var stream: UInt32

  package init(probability: Float, stream: UInt32) {
    self.probability = probability
    self.stream = stream
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard 0..<1 ~= probability else {
      throw .attributeValue("probability", .float(probability))
    }
    try checkFloats(Array(inputs.prefix(1)), whole: 1)
    try inputs[1].check(dtype: .int32, input: 1)
    try inputs[1].check(extents: [1], input: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  /// Hashes below it drop their elements.
  private var threshold: UInt32 { UInt32((Double(probability) * 0x1p32).rounded(.down)) }

  /// What keeps the expectation.
  private var factor: Float { Float(1 / (1 - Double(probability))) }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let seed = UInt32(bitPattern: Int32(inputs[1].values[0]))
    let key = mixed(mixed(seed &+ 0x9e37_79b9) &+ stream)
    var y = inputs[0]
    for index in y.values.indices {
      let hash = mixed(mixed(UInt32(index) &+ key) ^ mixed(key &+ 0x9e37_79b9))
      y.values[index] = hash < threshold ? 0 : y.values[index] * Double(factor)
    }
    return [y]
  }

  private func mixed(_ value: UInt32) -> UInt32 {
    var v = value
    v = (v ^ v >> 16) &* 0x7feb_352d
    v = (v ^ v >> 15) &* 0x846c_a68b
    return v ^ v >> 16
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    let parameters = uk_f32_dropout_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), stream: stream,
      threshold: threshold, factor: factor, reserved: (0, 0, 0))
    return node.step(.UK_CONTRACT_f32_dropout, parameters, overwritable: 1)
  }
}

// MARK: - Gradient

extension Dropout: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.apply(self, [node.outputGradient, node.inputs[1]]), nil]
  }
}

// MARK: - Samples

extension Dropout {
  package static let samples: [Sample] = [
    Sample(
      "float32", Dropout(probability: 0.3, stream: 7),
      [
        .variable(.float([3, 701])), .variable(TensorType(.int32, [1]), -1e6...1e6),
      ])
  ]
}
