// SPDX-License-Identifier: Apache-2.0
import CKernels
import Operators

extension MapGradient {
  /// How far the derivative may be off at x, in units of the roundoff 2⁻²⁴.
  ///
  /// eˣ is off by 2.04 units of its own; a quotient, a sum and a product by one each. e⁻ˣ enters
  /// the slope of the logistic function, e·q·q with q = 1/(1 + e), three times at most: 11 units.
  func derivativeBound(_ x: Double) -> Double {
    let slope = abs(derivative(x))
    switch map.function {
    case .UK_FUNCTION_SIGMOID, .UK_FUNCTION_TANH: return 11 * slope
    case .UK_FUNCTION_SOFTPLUS: return 6 * slope
    case .UK_FUNCTION_EXP, .UK_FUNCTION_ELU: return 4 * slope
    // The square is rounded once, and so is the constant.
    case .UK_FUNCTION_ERF: return (x * x + 5) * slope
    case .UK_FUNCTION_GELU, .UK_FUNCTION_GELU_TANH, .UK_FUNCTION_SILU: return gatedBound(x)
    case .UK_FUNCTION_HARD_SWISH: return 2 * (abs(x) / 3 + 0.5)
    case .UK_FUNCTION_HARD_SIGMOID: return hardSigmoidBound(x)
    case .UK_FUNCTION_LOG, .UK_FUNCTION_SQRT: return 2 * slope
    // A third power of what was rounded twice.
    case .UK_FUNCTION_RSQRT: return 10 * slope
    case .UK_FUNCTION_RECIPROCAL: return 4 * slope
    // A rounding for each product.
    case .UK_FUNCTION_INTEGER_POWER: return (abs(Double(map.exponent)) + 3) * slope
    // The exponent (p − 1) · log x carries three, and eˣ its own.
    case .UK_FUNCTION_POWER:
      return (4 * (abs(Double(map.alpha)) + 1) * abs(logarithm(x)) + 5) * slope
    default: return 0
    }
  }

  /// Of s(u) + x·s′(u)·u′: the sum cancels where x is negative, and keeps what its terms are off.
  ///
  /// s is off by 6 units, s′ by 11, and the product by 4 more; the exponent carries four roundings
  /// of itself, which s and s′ turn into as much of themselves. The erf of GELU is off by 2.4 units
  /// of 1, and by two roundings of its argument.
  private func gatedBound(_ x: Double) -> Double {
    let square = x * x
    switch map.function {
    case .UK_FUNCTION_SILU:
      let power = exponential(-abs(x))
      let product = abs(x) * power / ((1 + power) * (1 + power))
      return 6 / (1 + exponential(-x)) + 15 * product + abs(derivative(x))
    case .UK_FUNCTION_GELU_TANH:
      let u = 1.6 * abs(x) * (1 + 0.045 * square)
      let power = exponential(-u)
      let product = abs(x) * 1.6 * (1 + 0.135 * square) * power / ((1 + power) * (1 + power))
      let gate = 1 / (1 + exponential(x < 0 ? u : -u))
      return (6 + 4 * u * power) * gate + (15 + 4 * u) * product + abs(derivative(x))
    default:
      let product = abs(x) * 0.4 * exponential(-square / 2)
      return 4 + (square + 6) * product + abs(derivative(x))
    }
  }

  /// All of alpha where the rounded alpha·x + beta may be on the other side of a bound.
  private func hardSigmoidBound(_ x: Double) -> Double {
    let (alpha, beta) = (Double(map.alpha), Double(map.beta))
    let y = alpha * x + beta
    let rounding = 2 * 0x1p-24 * (abs(alpha * x) + abs(beta))
    return min(abs(y), abs(y - 1)) <= rounding ? abs(alpha) * 0x1p24 : 0
  }
}
