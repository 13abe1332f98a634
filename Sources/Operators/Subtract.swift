// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Difference: `y = clamp(a - b)`.
///
/// Shapes broadcast as in NumPy. Int8, int16 or float32.
package struct Subtract: Operator, ShapeOperator, Hashable {
  package static let name = "Subtract"
  package static let spellings: [Spelling] = [
    .onnx("Sub", since: 7) { node throws(OperatorError) in
      try node.arithmetic(Subtract(), or: .subtract)
    },
    .tflite(41) { node throws(OperatorError) in
      try node.arithmetic(Subtract(activation: try node.fusedActivation()), or: .subtract)
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
    referenceBinary(inputs, activation) { $0 - $1 }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    guard try node.activationType() != .float32 else {
      return try node.floatBinary(.UK_CONTRACT_f32_sub_clamp, activation)
    }
    return try node.integerBinary(
      (.UK_CONTRACT_s8_add, .UK_CONTRACT_s16_add), activation
    ) { a, b, y in (a / y, -b / y) }
  }
}

// MARK: - Gradient

extension Subtract: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dy = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      let sum = try builder.summed(dy, to: builder.shape(of: node.inputs[input]))
      return input == 0 ? sum : try builder.negated(sum)
    }
  }
}

// MARK: - Samples

extension Subtract {
  package static let samples: [Sample] = [
    Sample(
      "float32", Subtract(activation: .reluN1To1),
      [.variable(.float([2, 5, 7])), .variable(.float([2, 5, 7]))]),
    Sample("float32, row", Subtract(), [.variable(.float([3, 4, 19])), .constant(.float([19]))]),
    Sample(
      "float32, column", Subtract(), [.variable(.float([37, 1])), .variable(.float([37, 6]))]),
    Sample("float32, scalar", Subtract(), [.variable(.float([2000])), .constant(.float([]))]),
    Sample(
      "int8", Subtract(activation: .reluN1To1),
      [
        .variable(.int8([3, 41], scale: 0.02, zeroPoint: 5)),
        .variable(.int8([3, 41], scale: 0.013, zeroPoint: -60)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.025, zeroPoint: -9)),
    Sample(
      "int16", Subtract(activation: .relu),
      [.variable(.int16([3, 41], scale: 6e-5)), .variable(.int16([3, 41], scale: 8e-5))],
      outputQuantization: QuantizationParameters(scale: 1e-4, zeroPoint: 0)),
    Sample(
      "int16, row", Subtract(),
      [.variable(.int16([5, 23], scale: 6e-5)), .constant(.int16([1, 23], scale: 4e-5))],
      outputQuantization: QuantizationParameters(scale: 9e-5, zeroPoint: 0)),
    Sample(
      "int8, row", Subtract(),
      [
        .variable(.int8([5, 23], scale: 0.02, zeroPoint: 5)),
        .constant(.int8([1, 23], scale: 0.009, zeroPoint: 0)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.03, zeroPoint: 0)),
  ]
}
