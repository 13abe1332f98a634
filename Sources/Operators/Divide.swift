// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Quotient: `y = clamp(a / b)`.
///
/// Shapes broadcast as in NumPy. Float32 only; division by 0 follows IEEE 754.
package struct Divide: Operator, ShapeOperator, Hashable {
  package static let name = "Divide"
  package static let spellings: [Spelling] = [
    .onnx("Div", since: 7) { node throws(OperatorError) in
      try node.arithmetic(Divide(), or: .divide)
    },
    .tflite(42) { node throws(OperatorError) in
      try node.arithmetic(Divide(activation: try node.fusedActivation()), or: .divide)
    },
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var activation: ActivationRange

  package init(activation: ActivationRange = .none) { self.activation = activation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: .float32, input: 0)
    return try inferBinary(inputs)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceBinary(inputs, activation) { $0 / $1 }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.floatBinary(.UK_CONTRACT_f32_div_clamp, activation)
  }
}

// MARK: - Gradient

extension Divide: DifferentiableOperator {
  /// `da = dy / b` and `db = −dy / b · y`: where the activation changes y, dy is 0.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dy = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    let part = try builder.apply(Divide(), [dy, node.inputs[1]])
    return try node.each { (input) throws(OperatorError) in
      let shape = builder.shape(of: node.inputs[input])
      guard input == 1 else { return try builder.summed(part, to: shape) }
      let product = try builder.product(part, node.outputs[0])
      return try builder.negated(try builder.summed(product, to: shape))
    }
  }
}

// MARK: - Samples

extension Divide {
  package static let samples: [Sample] = [
    Sample(
      "float32", Divide(activation: .relu6),
      [.variable(.float([2, 5, 7])), .variable(.float([2, 5, 7]), 0.5...3)]),
    Sample(
      "float32, row", Divide(), [.variable(.float([3, 19])), .constant(.float([19]), -3 ... -0.5)]),
  ]
}
