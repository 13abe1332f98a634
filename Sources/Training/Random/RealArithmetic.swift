// SPDX-License-Identifier: Apache-2.0

// Functions of reals from additions, products and quotients alone. The C library's differ in the
// last bit from one machine to another; what is drawn and scheduled must not.

/// ln 2 as a sum: the first part has few enough digits that a product with an exponent is exact.
private let naturalLogarithmOf2 = (high: 0x1.62e42fee00000p-1, low: 0x1.a39ef35793c76p-33)

/// The natural logarithm, to about 2⁻⁵².
///
/// `x = m · 2ᵉ` with m of √½ to √2, then `ln m = 2 artanh((m − 1) / (m + 1))` by its series:
/// the square of the argument is at most 0.0295, so that 12 terms reach 10⁻¹⁹.
/// - Precondition: `x` is positive and finite.
package func naturalLogarithm(_ x: Double) -> Double {
  precondition(x > 0 && x.isFinite, "the logarithm of a positive number")
  var exponent = Double(x.exponent)
  var m = x.significand
  if m > 0x1.6a09e667f3bcdp0 {
    m /= 2
    exponent += 1
  }
  let s = (m - 1) / (m + 1)
  let square = s * s
  var series = 0.0
  for term in (0..<12).reversed() { series = series * square + 1 / Double(2 * term + 1) }
  return exponent * naturalLogarithmOf2.high
    + (2 * s * series + exponent * naturalLogarithmOf2.low)
}

/// `eˣ`, to about 2⁻⁵²; 0 and infinity where it leaves the range of `Double`.
package func exponential(_ x: Double) -> Double {
  guard x < 709.7 else { return .infinity }
  guard x > -745 else { return 0 }
  let power = (x / (naturalLogarithmOf2.high + naturalLogarithmOf2.low)).rounded()
  let rest = x - power * naturalLogarithmOf2.high - power * naturalLogarithmOf2.low
  var series = 1.0
  // |rest| ≤ 0.35: the 15th term is below 10⁻¹⁸.
  for term in (1...15).reversed() { series = 1 + rest / Double(term) * series }
  return Double(sign: .plus, exponent: Int(power), significand: 1) * series
}

/// `cos πt` for t of 0 to 1, to about 2⁻⁵²; exact at 0, ½ and 1.
///
/// - Precondition: `0 ≤ t ≤ 1`.
package func cosineOfHalfTurns(_ t: Double) -> Double {
  precondition((0...1).contains(t), "half a turn at most")
  if t > 0.5 { return -cosineOfHalfTurns(1 - t) }
  if t <= 0.25 { return taylorSeries(Double.pi * t, first: 0) }
  return taylorSeries(Double.pi * (0.5 - t), first: 1)
}

/// The cosine (`first` = 0) or sine (1) of an angle up to π/4: the 12th term is below 10⁻²⁴.
private func taylorSeries(_ x: Double, first: Int) -> Double {
  var series = 1.0
  for term in (1...12).reversed() {
    let n = Double(2 * term + first)
    series = 1 - x * x / (n * (n - 1)) * series
  }
  return first == 0 ? series : x * series
}
