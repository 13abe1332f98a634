// SPDX-License-Identifier: Apache-2.0
import Operators

/// How far a function of one real may be off at x: what FunctionTests holds the kernels to, in
/// units of 2⁻²³ of the result, and below 2⁻¹²⁰ nothing, for eˣ ends at 2⁻¹²⁶.
func functionBound(_ function: any RealFunction, x: Double, y: Double) -> Double {
  let unit = 0x1p-23
  let units: Double
  switch function {
  case is Absolute, is Negate, is Floor, is Ceiling, is Round: return 0
  case let gelu as GELU where gelu.form == .exact: return unit * (abs(x) + abs(y))
  case is GELU:
    // The exponent carries five roundings of itself, then come exp, a sum and a quotient.
    units = 2.5 * abs(1.6 * x * (1 + 0.045 * x * x)) + 3
  case let hard as HardSigmoid:
    return unit * (abs(Double(hard.alpha) * x) + abs(Double(hard.beta)))
  case let power as Power:
    // A rounding for each product, or an exponent p · log x that carries three.
    let exponent = abs(Double(power.exponent))
    let isProduct = exponent == exponent.rounded()
    units = isProduct ? exponent + 1 : 2 + 2 * exponent * abs(logarithm(x))
  default: units = 3
  }
  return units * unit * abs(y) + 0x1p-120
}
