// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Sum, difference, product or quotient of plain integers: counts, positions, token numbers.
///
/// int32 or int64, without scale; shapes broadcast as in NumPy. Results wrap around; a quotient is
/// truncated towards 0, and division by 0 gives 0.
package struct IntegerArithmetic: Operator, ShapeOperator, Hashable {
  package static let name = "IntegerArithmetic"
  /// Spelled as the operators on reals, which leave plain integers to this one.
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// What is computed.
  package enum Function: Sendable {
    case add, subtract, multiply, divide
  }

  package var function: Function

  package init(_ function: Function) { self.function = function }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let shape = try inferTyped(inputs, dtypes: [.int32, .int64])
    guard inputs[0].quantization == nil else { throw .quantizationUnsupported(input: 0) }
    return [inputs[0].moved(to: shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    referenceElements(inputs) { a, b in
      switch function {
      case .add: a + b
      case .subtract: a - b
      case .multiply: a * b
      case .divide: b == 0 ? 0 : (a / b).rounded(.towardZero)
      }
    }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let number: uk_arithmetic =
      switch function {
      case .add: .UK_ADD
      case .subtract: .UK_SUBTRACT
      case .multiply: .UK_MULTIPLY
      case .divide: .UK_DIVIDE
      }
    return try node.typedBinary(
      .UK_CONTRACT_xx_arithmetic, number.rawValue, overwritableInputs: node.wholeInputs)
  }
}

// MARK: - Samples

extension IntegerArithmetic {
  package static let samples: [Sample] = [
    Sample(
      "int64, sum", IntegerArithmetic(.add),
      [.variable(TensorType(.int64, [2, 9]), -99...99), .variable(TensorType(.int64, [9]))]),
    Sample(
      "int32, difference", IntegerArithmetic(.subtract),
      [.variable(TensorType(.int32, [4, 1])), .variable(TensorType(.int32, [4, 5]), -99...99)]),
    Sample(
      "int64, product", IntegerArithmetic(.multiply),
      [.variable(TensorType(.int64, [2, 9]), -99...99), .data(TensorData([], int64: [-7]))]),
    Sample(
      "int32, quotient", IntegerArithmetic(.divide),
      [.variable(TensorType(.int32, [3, 19]), -99...99), .variable(TensorType(.int32, [3, 19]))]),
  ]
}
