// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A number for people: every digit, in groups of three.
func grouped(_ number: Int) -> String {
  let digits = Array(String(number.magnitude))
  var text = number < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0 && (digits.count - index).isMultiple(of: 3) { text += "," }
    text.append(digit)
  }
  return text
}

/// A number for people, with so many digits behind the point.
///
/// - Precondition: the number times 10 to the power of `digits` fits an `Int`.
func decimal(_ number: Double, digits: Int) -> String {
  guard number.isFinite else { return "\(number)" }
  let power = (0..<digits).reduce(1) { power, _ in 10 * power }
  let units = Int((number.magnitude * Double(power)).rounded())
  let sign = number < 0 && units > 0 ? "-" : ""
  guard digits > 0 else { return sign + grouped(units) }
  let fraction = String(units % power)
  let zeros = String(repeating: "0", count: digits - fraction.count)
  return "\(sign)\(grouped(units / power)).\(zeros)\(fraction)"
}

/// A number for people whose size may be anything: three digits and a power of ten.
func scientific(_ number: Double) -> String {
  guard number.isFinite, number != 0 else { return number == 0 ? "0" : "\(number)" }
  var exponent = Int(log10(number.magnitude).rounded(.down))
  var digits = (number.magnitude / pow(10, Double(exponent)) * 100).rounded()
  if digits >= 1000 { (digits, exponent) = (digits / 10, exponent + 1) }
  return (number < 0 ? "-" : "") + decimal(digits / 100, digits: 2) + "e\(exponent)"
}

/// A part of a whole in percent, with one digit behind the point.
func percent(_ part: Double) -> String { decimal(100 * part, digits: 1) + "%" }

/// Extents as `1x224x224x3`.
func shapeText(_ extents: [Int]) -> String {
  extents.isEmpty ? "scalar" : extents.map(String.init).joined(separator: "x")
}
