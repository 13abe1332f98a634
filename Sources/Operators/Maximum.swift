// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The larger of two elements: `y = max(a, b)`; of truth values, true where either operand is.
///
/// Operands of one dtype, scale and zero point; shapes broadcast as in NumPy. NaN if either operand
/// is NaN; of two equals, so of +0 and −0, b.
package struct Maximum: Operator, ShapeOperator, Hashable {
  package static let name = "Maximum"
  package static let spellings: [Spelling] = [
    .onnx("Max", since: 8) { node throws(OperatorError) in try node.chained(Maximum()) },
    .onnx("Or", since: 7) { node throws(OperatorError) in try node.logical(Maximum()) },
    .tflite(55) { node throws(OperatorError) in
      let (a, b) = (try node.asDeclared(try node.input(0)), try node.asDeclared(try node.input(1)))
      return [try node.apply(Maximum(), [a, b])]
    },
    .tflite(84) { node throws(OperatorError) in try node.logical(Maximum()) },
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.sameAsInput

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    [inputs[0].moved(to: try inferTyped(inputs))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceElements(inputs) { a, b in a > b || a.isNaN ? a : b }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.typedBinary(
      .UK_CONTRACT_xx_arithmetic, uk_arithmetic.UK_MAXIMUM.rawValue,
      overwritableInputs: node.wholeInputs)
  }
}

// MARK: - Gradient

extension Maximum: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try builder.extremumGradients(node, isMaximum: true)
  }
}

// MARK: - Samples

extension Maximum {
  package static let samples: [Sample] = [
    Sample("float32", Maximum(), [.variable(.float([2, 5, 7])), .variable(.float([5, 1]))]),
    Sample(
      "int64", Maximum(),
      [.variable(TensorType(.int64, [2, 1, 4, 5])), .variable(TensorType(.int64, [3, 1, 5]))]),
    Sample(
      "bool", Maximum(),
      [
        .variable(TensorType(.bool, [3, 9]), 0...1), .variable(TensorType(.bool, [9]), 0...1),
      ]),
    Sample(
      "int8", Maximum(),
      [
        .variable(.int8([4, 9], scale: 0.1, zeroPoint: 3)),
        .variable(.int8([9], scale: 0.1, zeroPoint: 3)),
      ]),
  ]
}
