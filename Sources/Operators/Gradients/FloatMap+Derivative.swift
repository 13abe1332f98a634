// SPDX-License-Identifier: Apache-2.0
import CKernels

extension FloatMap {
  /// The derivative of the function at x.
  ///
  /// At kinks it is what `f32_map_gradient` says: 0 at those of the hard functions' flat parts, but
  /// 1 where HardSwish becomes straight.
  func derivative(_ x: Double) -> Double {
    let alpha = Double(alpha)
    switch function {
    case .UK_FUNCTION_HARD_SWISH: return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5
    case .UK_FUNCTION_HARD_SIGMOID:
      let y = alpha * x + Double(beta)
      return 0 < y && y < 1 ? alpha : 0
    case .UK_FUNCTION_ELU: return x > 0 ? 1 : alpha * exponential(x)
    case .UK_FUNCTION_EXP: return exponential(x)
    case .UK_FUNCTION_LOG: return 1 / x
    case .UK_FUNCTION_SQRT: return 0.5 / x.squareRoot()
    case .UK_FUNCTION_RSQRT: return -0.5 / (x * x.squareRoot())
    case .UK_FUNCTION_RECIPROCAL: return -1 / (x * x)
    case .UK_FUNCTION_INTEGER_POWER:
      let count = Int(exponent) - 1
      let product = repeatElement(x, count: Int(count.magnitude)).reduce(1, *)
      return Double(exponent) * (count < 0 ? 1 / product : product)
    case .UK_FUNCTION_POWER:
      return alpha * exponential((alpha - 1) * logarithm(x))
    case .UK_FUNCTION_ABS: return x > 0 ? 1 : x < 0 ? -1 : 0
    case .UK_FUNCTION_NEGATE: return -1
    case .UK_FUNCTION_FLOOR, .UK_FUNCTION_CEIL, .UK_FUNCTION_ROUND: return 0
    default: return smoothDerivative(x)
    }
  }

  /// The derivatives of what is made of e⁻ˣ and erf.
  private func smoothDerivative(_ x: Double) -> Double {
    func logistic(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }
    func slope(_ x: Double) -> Double {
      let power = exponential(-abs(x))
      return power / ((1 + power) * (1 + power))
    }
    func gaussian(_ x: Double) -> Double { exponential(-x * x / 2) / (2 * Double.pi).squareRoot() }
    switch function {
    case .UK_FUNCTION_SIGMOID: return slope(x)
    case .UK_FUNCTION_TANH: return 4 * slope(2 * x)
    case .UK_FUNCTION_ERF: return 2 / Double.pi.squareRoot() * exponential(-x * x)
    case .UK_FUNCTION_GELU:
      return (1 + errorFunction(x * 0.5.squareRoot())) / 2 + x * gaussian(x)
    case .UK_FUNCTION_GELU_TANH:
      let (linear, cubic) = ((8 / Double.pi).squareRoot(), 0.044715)
      let u = linear * (x + cubic * x * x * x)
      return logistic(u) + x * slope(u) * linear * (1 + 3 * cubic * x * x)
    case .UK_FUNCTION_SILU: return logistic(x) + x * slope(x)
    case .UK_FUNCTION_SOFTPLUS: return logistic(x)
    default: return .nan
    }
  }
}
