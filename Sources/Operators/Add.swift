// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Sum: `y = clamp(a + b)`.
///
/// Shapes broadcast as in NumPy. Int8, int16 or float32.
package struct Add: Operator, ShapeOperator, Hashable {
  package static let name = "Add"
  package static let spellings: [Spelling] = [
    .onnx("Add", since: 7) { node throws(OperatorError) in
      try node.arithmetic(Add(), or: .add)
    },
    .onnx("Sum", since: 8, fromSum),
    .tflite(0) { node throws(OperatorError) in
      try node.arithmetic(Add(activation: try node.fusedActivation()), or: .add)
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
    referenceBinary(inputs, activation) { $0 + $1 }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    guard try node.activationType() != .float32 else {
      return try node.floatBinary(.UK_CONTRACT_f32_add_clamp, activation)
    }
    return try node.integerBinary(
      (.UK_CONTRACT_s8_add, .UK_CONTRACT_s16_add), activation
    ) { a, b, y in (a / y, b / y) }
  }
}

// MARK: - Gradient

extension Add: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dy = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      try builder.summed(dy, to: builder.shape(of: node.inputs[input]))
    }
  }
}

// MARK: - Training

extension Add: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(0, .bias), .init(1, .bias)]
}

// MARK: - Samples

extension Add {
  package static let samples: [Sample] = [
    Sample(
      "float32", Add(activation: .relu),
      [.variable(.float([2, 5, 7])), .variable(.float([2, 5, 7]))]),
    Sample("float32, row", Add(), [.variable(.float([3, 4, 19])), .constant(.float([19]))]),
    Sample("float32, column", Add(), [.variable(.float([37, 1])), .variable(.float([37, 6]))]),
    Sample(
      "float32, mask", Add(),
      [.variable(.float([2, 3, 4, 5])), .variable(.float([2, 1, 1, 5]))]),
    Sample("float32, scalar", Add(), [.variable(.float([2000])), .constant(.float([]))]),
    Sample(
      "int8", Add(activation: .relu),
      [
        .variable(.int8([3, 41], scale: 0.02, zeroPoint: 5)),
        .variable(.int8([3, 41], scale: 0.013, zeroPoint: -60)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.025, zeroPoint: -9)),
    Sample(
      "int16", Add(activation: .relu),
      [.variable(.int16([3, 41], scale: 6e-5)), .variable(.int16([3, 41], scale: 8e-5))],
      outputQuantization: QuantizationParameters(scale: 1e-4, zeroPoint: 0)),
    Sample(
      "int16, row", Add(),
      [.variable(.int16([5, 23], scale: 6e-5)), .constant(.int16([1, 23], scale: 4e-5))],
      outputQuantization: QuantizationParameters(scale: 9e-5, zeroPoint: 0)),
    Sample(
      "int8, row", Add(),
      [
        .variable(.int8([5, 23], scale: 0.02, zeroPoint: 5)),
        .constant(.int8([1, 23], scale: 0.009, zeroPoint: 0)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.03, zeroPoint: 0)),
  ]
}

// MARK: - Spellings

extension Add {
  private static func fromSum(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    var sum = try node.input(0)
    for index in node.inputs.indices.dropFirst() {
      sum = try node.apply(Add(), [sum, try node.input(index)])
    }
    return [sum]
  }
}
