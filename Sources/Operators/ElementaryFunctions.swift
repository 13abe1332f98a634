// SPDX-License-Identifier: Apache-2.0

// Functions in `Double` with the same bits on every machine: tables of a program are made of them.
// Each is within a few units in the last place.

/// eˣ.
///
/// Within 2 units in the last place for results in the normal range; 0 below, infinity above. Cody
/// and Waite's reduction x = n·ln 2 + r with ln 2 in two parts, then the Taylor series of eʳ, whose
/// first omitted term (0.35¹⁴/14!) is below 2⁻⁵⁶.
package func exponential(_ x: Double) -> Double {
  guard x < 709.7 else { return x.isNaN ? x : .infinity }
  guard x > -708 else { return 0 }
  // The upper part has 32 trailing zero bits, so that n times it is exact.
  let ln2Upper = 0x1.62e42feep-1
  let ln2Lower = 0x1.a39ef35793c76p-33
  let n = (x / 0.693147180559945309).rounded(.toNearestOrEven)
  let r = (x - n * ln2Upper) - n * ln2Lower
  var sum = 1.0
  for degree in stride(from: 13.0, through: 1, by: -1) { sum = 1 + sum * r / degree }
  return sum * Double(sign: .plus, exponent: Int(n), significand: 1)
}

/// The natural logarithm; −∞ for 0, NaN below.
///
/// x = 2ⁿ·m with m in √½ … √2, and log m = 2·artanh((m − 1) / (m + 1)).
package func logarithm(_ x: Double) -> Double {
  guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x < 0 ? .nan : x }
  var (n, m) = (Double(x.exponent), x.significand)
  if m > 2.0.squareRoot() { (n, m) = (n + 1, m / 2) }
  return n * 0x1.62e42fefa39efp-1 + 2 * areaTangent((m - 1) / (m + 1))
}

/// log(1 + x) for x in 0 … 1.
package func logarithm(onePlus x: Double) -> Double { 2 * areaTangent(x / (2 + x)) }

/// artanh s = s + s³/3 + s⁵/5 + … for |s| ≤ 1/3; the first omitted term is below 2⁻⁵⁹ of the sum.
private func areaTangent(_ s: Double) -> Double {
  var sum = 0.0
  for degree in stride(from: 35.0, through: 1, by: -2) { sum = sum * s * s + 1 / degree }
  return sum * s
}

/// eˣ − 1, accurate near 0.
package func exponentialMinusOne(_ x: Double) -> Double {
  guard abs(x) < 0.5 else { return exponential(x) - 1 }
  // The Taylor series; its first omitted term, (1/2)¹⁷/18!, is below 2⁻⁶⁹.
  var sum = 0.0
  for degree in stride(from: 17.0, through: 1, by: -1) { sum = (1 + sum) * x / degree }
  return sum
}

package func hyperbolicTangent(_ x: Double) -> Double {
  guard abs(x) < 20 else { return x.isNaN ? x : x < 0 ? -1 : 1 }
  let power = exponentialMinusOne(2 * x)
  return power / (power + 2)
}

/// erf x = 2/√π · e⁻ˣ² · (x + 2x³/3 + 4x⁵/(3·5) + …), a sum of terms of one sign.
///
/// From 6 on it is 1 to the last bit.
package func errorFunction(_ x: Double) -> Double {
  guard abs(x) < 6 else { return x.isNaN ? x : x < 0 ? -1 : 1 }
  var (term, sum, factor) = (x, x, 1.0)
  while abs(term) > abs(sum) * 0x1p-60 {
    factor += 2
    term *= 2 * x * x / factor
    sum += term
  }
  return 0x1.20dd750429b6dp+0 * exponential(-x * x) * sum
}
