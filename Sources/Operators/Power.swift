// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// `y = xᵖ` for one constant p that is not 0.
///
/// Products for whole p up to 64, roots for p = ±1/2, else `exp(p · log x)`, which is NaN below 0
/// and, in float32, off by about 2·|p · log x| units in the last place.
package struct Power: RealFunction {
  package static let name = "Power"
  package static let spellings: [Spelling] = [
    .onnx("Pow", since: 7, fromPow),
    .tflite(78, fromPow),
    .tflite(92) { node throws(OperatorError) in try node.unary(Power(exponent: 2)) },
  ]

  package var exponent: Float

  package init(exponent: Float) { self.exponent = exponent }

  /// The exponent when it stands for products.
  private var count: Int32? {
    Int32(exactly: exponent).flatMap { -64...64 ~= $0 ? $0 : nil }
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    guard exponent.isFinite, exponent != 0 else {
      throw .attributeValue("exponent", .float(exponent))
    }
    return try inferUnary(inputs)
  }

  package func callAsFunction(_ x: Double) -> Double {
    if let count {
      let product = repeatElement(x, count: Int(count.magnitude)).reduce(1, *)
      return count < 0 ? 1 / product : product
    }
    switch exponent {
    case 0.5: return x.squareRoot()
    case -0.5: return 1 / x.squareRoot()
    default: return exponential(Double(exponent) * logarithm(x))
    }
  }

  package var map: FloatMap {
    if let count { return FloatMap(function: .UK_FUNCTION_INTEGER_POWER, exponent: count) }
    switch exponent {
    case 0.5: return FloatMap(function: .UK_FUNCTION_SQRT)
    case -0.5: return FloatMap(function: .UK_FUNCTION_RSQRT)
    default: return FloatMap(function: .UK_FUNCTION_POWER, alpha: exponent)
    }
  }
}

// MARK: - Gradient

extension Power: DifferentiableOperator {}

// MARK: - Samples

extension Power {
  package static let samples: [Sample] =
    Sample.both(Power(exponent: 2), -3...3, scale: 0.035, zeroPoint: -128)
    + Sample.both(Power(exponent: -7), 0.7...3, scale: 0.05, zeroPoint: -128)
    + Sample.both(Power(exponent: 0.5), 0...5, scale: 0.01, zeroPoint: -128)
    + Sample.both(Power(exponent: -0.5), 0.1...5, scale: 0.01, zeroPoint: -128)
    + Sample.both(Power(exponent: 1.7), 0.1...5, scale: 0.06, zeroPoint: -128)
}

// MARK: - Spellings

extension Power {
  /// Input 1 is the exponent, one for all elements.
  private static func fromPow(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let exponent = try node.constantInput(1)
    let x = try node.input(0)
    guard exponent.type.shape.elementCount == 1,
      exponent.type.shape.rank <= node.shape(of: x).rank
    else {
      throw .elementCount(input: 1, expected: 1, actual: exponent.type.shape.elementCount)
    }
    return [try node.apply(Power(exponent: Float(ReferenceTensor(exponent).values[0])), [x])]
  }
}
