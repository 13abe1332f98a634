// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The smaller of two elements: `y = min(a, b)`; of truth values, true where both operands are.
///
/// Operands of one dtype, scale and zero point; shapes broadcast as in NumPy. NaN if either operand
/// is NaN; of two equals, so of +0 and −0, b.
package struct Minimum: Operator, ShapeOperator, Hashable {
  package static let name = "Minimum"
  package static let spellings: [Spelling] = [
    .onnx("Min", since: 8) { node throws(OperatorError) in try node.chained(Minimum()) },
    .onnx("And", since: 7) { node throws(OperatorError) in try node.logical(Minimum()) },
    .tflite(57) { node throws(OperatorError) in
      let (a, b) = (try node.asDeclared(try node.input(0)), try node.asDeclared(try node.input(1)))
      return [try node.apply(Minimum(), [a, b])]
    },
    .tflite(86) { node throws(OperatorError) in try node.logical(Minimum()) },
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.sameAsInput

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    [inputs[0].moved(to: try inferTyped(inputs))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceElements(inputs) { a, b in a < b || a.isNaN ? a : b }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.typedBinary(
      .UK_CONTRACT_xx_arithmetic, uk_arithmetic.UK_MINIMUM.rawValue,
      overwritableInputs: node.wholeInputs)
  }
}

// MARK: - Gradient

extension Minimum: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try builder.extremumGradients(node, isMaximum: false)
  }
}

// MARK: - Samples

extension Minimum {
  package static let samples: [Sample] = [
    Sample("float32", Minimum(), [.variable(.float([2, 5, 7])), .variable(.float([5, 1]))]),
    Sample(
      "int64", Minimum(),
      [.variable(TensorType(.int64, [2, 1, 4, 5])), .variable(TensorType(.int64, [3, 1, 5]))]),
    Sample(
      "bool", Minimum(),
      [
        .variable(TensorType(.bool, [3, 9]), 0...1), .variable(TensorType(.bool, [9]), 0...1),
      ]),
    Sample(
      "int8", Minimum(),
      [
        .variable(.int8([4, 9], scale: 0.1, zeroPoint: 3)),
        .variable(.int8([9], scale: 0.1, zeroPoint: 3)),
      ]),
  ]
}
