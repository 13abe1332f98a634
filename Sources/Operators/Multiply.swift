// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Product: `y = clamp(a * b)`.
///
/// Shapes broadcast as in NumPy. Int8, int16 or float32.
package struct Multiply: Operator, ShapeOperator, Hashable {
  package static let name = "Multiply"
  package static let spellings: [Spelling] = [
    .onnx("Mul", since: 7) { node throws(OperatorError) in
      try node.arithmetic(Multiply(), or: .multiply)
    },
    .tflite(18) { node throws(OperatorError) in
      try node.arithmetic(Multiply(activation: try node.fusedActivation()), or: .multiply)
    },
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.freeOutputScale

  package var activation: ActivationRange

  package init(activation: ActivationRange = .none) { self.activation = activation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferBinary(inputs)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceBinary(inputs, activation) { $0 * $1 }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    guard try node.activationType() != .float32 else {
      return try node.floatBinary(.UK_CONTRACT_f32_mul_clamp, activation)
    }
    // The contract has one multiplier and does not read the other.
    return try node.integerBinary(
      (.UK_CONTRACT_s8_mul, .UK_CONTRACT_s16_mul), activation
    ) { a, b, y in (a * b / y, 1) }
  }
}

// MARK: - Gradient

extension Multiply: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dy = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      let product = try builder.product(dy, node.inputs[1 - input])
      return try builder.summed(product, to: builder.shape(of: node.inputs[input]))
    }
  }
}

// MARK: - Samples

extension Multiply {
  package static let samples: [Sample] = [
    Sample(
      "float32", Multiply(activation: .relu),
      [.variable(.float([2, 5, 7])), .variable(.float([2, 5, 7]))]),
    Sample("float32, row", Multiply(), [.variable(.float([3, 4, 19])), .constant(.float([19]))]),
    Sample(
      "float32, column", Multiply(), [.variable(.float([37, 1])), .variable(.float([37, 6]))]),
    Sample("float32, scalar", Multiply(), [.variable(.float([2000])), .constant(.float([]))]),
    Sample(
      "int8", Multiply(activation: .relu),
      [
        .variable(.int8([3, 41], scale: 0.02, zeroPoint: 5)),
        .variable(.int8([3, 41], scale: 0.013, zeroPoint: -60)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.025, zeroPoint: -9)),
    Sample(
      "int8, mask", Multiply(),
      [
        .variable(.int8([2, 1, 4, 5], scale: 0.02, zeroPoint: 5)),
        .variable(.int8([3, 1, 5], scale: 0.009)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.03, zeroPoint: 0)),
    Sample(
      "int16", Multiply(activation: .relu),
      [.variable(.int16([3, 41], scale: 6e-5)), .variable(.int16([3, 41], scale: 8e-5))],
      outputQuantization: QuantizationParameters(scale: 1e-4, zeroPoint: 0)),
    Sample(
      "int16, row", Multiply(),
      [.variable(.int16([5, 23], scale: 6e-5)), .constant(.int16([1, 23], scale: 4e-5))],
      outputQuantization: QuantizationParameters(scale: 9e-5, zeroPoint: 0)),
    Sample(
      "int8, row", Multiply(),
      [
        .variable(.int8([5, 23], scale: 0.02, zeroPoint: 5)),
        .constant(.int8([1, 23], scale: 0.009, zeroPoint: 0)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.03, zeroPoint: 0)),
  ]
}
