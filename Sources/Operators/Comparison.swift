// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Compares two tensors: whether `a = b`, `a ≠ b`, `a < b` or `a ≤ b`.
///
/// Operands of one dtype, scale and zero point; shapes broadcast as in NumPy; the output is bool.
/// Of NaN only `≠` is true, so that `x ≠ x` is true of NaN alone.
package struct Comparison: Operator, ShapeOperator, Hashable {
  package static let name = "Comparison"
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.conversion

  /// What is asked of `a` and `b`.
  package enum Relation: Sendable {
    case equal, notEqual, less, lessOrEqual
  }

  package var relation: Relation

  package init(_ relation: Relation) { self.relation = relation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    [TensorType(.bool, try inferTyped(inputs))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceElements(inputs) { a, b in
      let isTrue =
        switch relation {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        }
      return isTrue ? 1 : 0
    }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let number: uk_relation =
      switch relation {
      case .equal: .UK_EQUAL
      case .notEqual: .UK_NOT_EQUAL
      case .less: .UK_LESS
      case .lessOrEqual: .UK_LESS_EQUAL
      }
    let isByte = node.inputs[0].dtype.byteCount == 1
    return try node.typedBinary(
      .UK_CONTRACT_xx_compare, number.rawValue, overwritableInputs: isByte ? node.wholeInputs : [])
  }
}

// MARK: - Samples

extension Comparison {
  package static let samples: [Sample] = [
    Sample(
      "float32", Comparison(.less), [.variable(.float([2, 5, 7])), .variable(.float([5, 7]))]),
    Sample(
      "int32", Comparison(.equal),
      [.variable(TensorType(.int32, [3, 40])), .variable(TensorType(.int32, [3, 1]))]),
    Sample(
      "int64", Comparison(.lessOrEqual),
      [.variable(TensorType(.int64, [2, 1, 4, 5])), .variable(TensorType(.int64, [3, 1, 5]))]),
    Sample(
      "bool", Comparison(.notEqual),
      [
        .variable(TensorType(.bool, [9]), 0...1), .variable(TensorType(.bool, [9]), 0...1),
      ]),
    Sample(
      "int8", Comparison(.less),
      [
        .variable(.int8([4, 9], scale: 0.1, zeroPoint: 3)),
        .variable(.int8([9], scale: 0.1, zeroPoint: 3)),
      ]),
  ]
}

// MARK: - Spellings

extension Comparison {
  package static let spellings: [Spelling] = [
    .onnx("Equal", since: 7) { node throws(OperatorError) in try node.binary(Comparison(.equal)) },
    .onnx("Less", since: 7) { node throws(OperatorError) in try node.binary(Comparison(.less)) },
    .onnx("LessOrEqual", since: 12) { node throws(OperatorError) in
      try node.binary(Comparison(.lessOrEqual))
    },
    .onnx("Greater", since: 7) { node throws(OperatorError) in try swapped(.less, &node) },
    .onnx("GreaterOrEqual", since: 12) { node throws(OperatorError) in
      try swapped(.lessOrEqual, &node)
    },
    .onnx("Xor", since: 7) { node throws(OperatorError) in
      try node.binary(Comparison(.notEqual))
    },
    .onnx("Not", since: 1, fromNot),
    .onnx("IsNaN", since: 9) { node throws(OperatorError) in
      let x = try node.input(0)
      return [try node.apply(Comparison(.notEqual), [x, x])]
    },
    .tflite(71) { node throws(OperatorError) in try node.binary(Comparison(.equal)) },
    .tflite(72) { node throws(OperatorError) in try node.binary(Comparison(.notEqual)) },
    .tflite(58) { node throws(OperatorError) in try node.binary(Comparison(.less)) },
    .tflite(63) { node throws(OperatorError) in try node.binary(Comparison(.lessOrEqual)) },
    .tflite(61) { node throws(OperatorError) in try swapped(.less, &node) },
    .tflite(62) { node throws(OperatorError) in try swapped(.lessOrEqual, &node) },
    .tflite(87, fromNot),
  ]

  /// Greater than, said the other way round.
  private static func swapped(
    _ relation: Relation, _ node: inout ImportedNode
  ) throws(OperatorError) -> [Value] {
    [try node.apply(Comparison(relation), [try node.input(1), try node.input(0)])]
  }

  /// What is true of false alone.
  private static func fromNot(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    try node.type(of: x).check(dtype: .bool, input: 0)
    let no = node.builder.constant(TensorData(TensorType(.bool, []), bytes: [0]), name: node.name)
    return [try node.apply(Comparison(.equal), [x, no])]
  }
}
