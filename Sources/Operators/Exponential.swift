// SPDX-License-Identifier: Apache-2.0

/// eˣ in `Double`, the same bits on every machine: tables of a program are made of it.
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
