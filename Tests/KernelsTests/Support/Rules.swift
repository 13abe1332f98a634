// SPDX-License-Identifier: Apache-2.0
import CKernels

// The arithmetic rules of docs/architecture.md, written once more in Swift, to hold the C against.

/// `min` for NaN.
func clamped(_ x: Float, _ min: Float, _ max: Float) -> Float {
  let t = x > min ? x : min
  return t < max ? t : max
}

/// int8 from a distance to the zero point.
func requantized(_ v: Float, _ output: uk_requantize) -> Int8 {
  Int8(requantizedSteps(v, output))
}

/// int16 from a distance to the zero point.
func requantizedWide(_ v: Float, _ output: uk_requantize) -> Int16 {
  Int16(requantizedSteps(v, output))
}

private func requantizedSteps(_ v: Float, _ output: uk_requantize) -> Int32 {
  let low = Float(output.min - output.zero_point)
  let high = Float(output.max - output.zero_point)
  return Int32(clamped(v, low, high).rounded(.toNearestOrEven)) + output.zero_point
}

/// x · w + accumulator as a float class rounds it.
func multiplyAdd(_ x: Float, _ w: Float, _ accumulator: Float, isFused: Bool) -> Float {
  isFused ? accumulator.addingProduct(x, w) : x * w + accumulator
}

/// The sum as every float reduction takes it: 32 interleaved partial sums, joined by halves.
func joinedSum(_ values: [Float]) -> Float {
  var partial = [Float](repeating: 0, count: 32)
  for (index, value) in values.enumerated() { partial[index % 32] += value }
  while partial.count > 1 {
    let half = partial.count / 2
    partial = (0..<half).map { partial[$0] + partial[$0 + half] }
  }
  return partial[0]
}

/// Requantisations at the ends of their ranges.
let extremeRequantizations: [uk_requantize] = [
  uk_requantize(zero_point: 0, min: -128, max: 127, reserved: 0),
  uk_requantize(zero_point: -128, min: -128, max: 127, reserved: 0),
  uk_requantize(zero_point: 127, min: -128, max: 127, reserved: 0),
  uk_requantize(zero_point: -3, min: -3, max: 60, reserved: 0),
  uk_requantize(zero_point: 5, min: 7, max: 7, reserved: 0),
]

/// The same of int16.
let wideRequantizations: [uk_requantize] = [
  uk_requantize(zero_point: 0, min: -32768, max: 32767, reserved: 0),
  uk_requantize(zero_point: 0, min: -3, max: 6000, reserved: 0),
  uk_requantize(zero_point: 0, min: 700, max: 700, reserved: 0),
]

/// Column counts around every vector width, with and without tails.
let awkwardColumns = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100]
