// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The arithmetic of a matrix contract.
enum MatrixArithmetic {
  case int8, int16, fused, unfused
}

/// Random numbers for a problem, as operands of its contract (all but the output) and as the result
/// of a plain computation.
struct MatrixData {
  let isInteger: Bool
  /// The bytes of an element of the input and the output.
  let elementBytes: Int
  var operands: [[UInt8]]
  /// The bytes of the output.
  var expected: [UInt8]
  /// How sums become int8.
  var requantize = uk_requantize()
  /// What is taken from every weight of an int8 problem.
  var weightsZeroPoint: Int32 = 0
  /// What follows the product's parameters when a residual is added.
  var residualParameters: [UInt8] = []
  /// The range of float32 outputs.
  var clamp: (min: Float, max: Float) = (-.infinity, .infinity)

  init(_ problem: MatrixProblem, _ arithmetic: MatrixArithmetic, random: inout SplitMix64) {
    switch arithmetic {
    case .int8: self.init(int8: problem, random: &random)
    case .int16: self.init(int16: problem, random: &random)
    case .fused, .unfused:
      self.init(float32: problem, isFused: arithmetic == .fused, random: &random)
    }
  }

  private init(int8 problem: MatrixProblem, random: inout SplitMix64) {
    (isInteger, elementBytes) = (true, 1)
    let x = int8Values(problem.inputCount, random: &random)
    let weightCount = problem.columns * problem.taps * problem.depth
    let weights = int8Values(weightCount, random: &random)
    let pad = int8Values(problem.padCount, random: &random)
    let magnitude = Int32.random(in: 0...31, using: &random)
    let bias = (0..<problem.columns).map { _ in random.int32(in: .min ... .max) >> magnitude }
    let scale = scales(problem.columns, random: &random)
    requantize = randomRequantize(random: &random)
    let zeroPoints: [Int32] = [0, 0, -128, 127, random.int32(in: -128...127)]
    let zeroPoint = zeroPoints[Int(random.next() % UInt64(zeroPoints.count))]
    weightsZeroPoint = zeroPoint
    let output = requantize
    expected = (0..<problem.outputCount).map { index in
      let column = index % problem.columns
      var sum = bias[column]
      problem.forEachTerm(of: index) { term in
        let value = term.input.map { x[$0] } ?? pad[term.pad]
        sum &+= Int32(value) * (Int32(weights[term.weight]) - zeroPoint)
      }
      return UInt8(bitPattern: requantized(Float(sum) * scale[column], output))
    }
    operands = [
      bytes(of: x), bytes(of: problem.packed(weights, group: 4, zero: Int8(zeroPoint))),
      bytes(of: padded(bias)), bytes(of: padded(scale)),
    ]
    if !pad.isEmpty { operands.append(bytes(of: pad)) }
  }

  private init(int16 problem: MatrixProblem, random: inout SplitMix64) {
    (isInteger, elementBytes) = (true, 2)
    let x = int16Values(problem.inputCount, random: &random)
    let weightCount = problem.columns * problem.taps * problem.depth
    let weights = int8Values(weightCount, random: &random)
    let pad = int16Values(problem.padCount, random: &random)
    let magnitude = Int64.random(in: 0...63, using: &random)
    let bias = (0..<problem.columns).map { _ in
      Int64(truncatingIfNeeded: random.next()) >> magnitude
    }
    let scale = scales(problem.columns, random: &random).map { $0 / 256 }
    let ends = [random.int32(in: -32768...32767), random.int32(in: -32768...32767)].sorted()
    requantize = uk_requantize(zero_point: 0, min: -32768, max: 32767, reserved: 0)
    if Bool.random(using: &random) { (requantize.min, requantize.max) = (ends[0], ends[1]) }
    let output = requantize
    expected = bytes(
      of: (0..<problem.outputCount).map { index in
        let column = index % problem.columns
        var sum = bias[column]
        problem.forEachTerm(of: index) { term in
          let value = term.input.map { x[$0] } ?? pad[term.pad]
          sum &+= Int64(value) * Int64(weights[term.weight])
        }
        return requantizedWide(Float(Double(sum)) * scale[column], output)
      })
    operands = [
      bytes(of: x), bytes(of: problem.packed(weights, group: 4)),
      bytes(of: padded(bias)), bytes(of: padded(scale)),
    ]
    if !pad.isEmpty { operands.append(bytes(of: pad)) }
  }

  private init(float32 problem: MatrixProblem, isFused: Bool, random: inout SplitMix64) {
    (isInteger, elementBytes) = (false, 4)
    let x = floatValues(problem.inputCount, random: &random)
    let weightCount = problem.columns * problem.taps * problem.depth
    let weights = floatValues(weightCount, random: &random)
    let pad = floatValues(problem.padCount, random: &random)
    let bias = floatValues(problem.columns, random: &random)
    let clamps: [(Float, Float)] = [(-.infinity, .infinity), (0, .infinity), (-1, 6), (2, 2)]
    clamp = clamps.randomElement(using: &random) ?? clamps[0]
    let (min, max) = clamp
    let values = (0..<problem.outputCount).map { index in
      var sum = bias[index % problem.columns]
      problem.forEachTerm(of: index) { term in
        let value = term.input.map { x[$0] } ?? pad[term.pad]
        sum = multiplyAdd(value, weights[term.weight], sum, isFused: isFused)
      }
      return clamped(sum, min, max)
    }
    expected = bytes(of: values)
    operands = [
      bytes(of: x), bytes(of: problem.packed(weights, group: 1)), bytes(of: padded(bias)),
    ]
    if !pad.isEmpty { operands.append(bytes(of: pad)) }
  }
}

extension MatrixData {
  /// Whether an output has every expected bit; of NaN neither sign nor payload is promised.
  func isExpected(_ output: [UInt8]) -> Bool {
    if isInteger { return output == expected }
    return output.withUnsafeBytes { output in
      expected.withUnsafeBytes { expected in
        zip(output.bindMemory(to: Float.self), expected.bindMemory(to: Float.self)).allSatisfy {
          $0.bitPattern == $1.bitPattern || ($0.isNaN && $1.isNaN)
        }
      }
    }
  }
}

extension MatrixProblem {
  /// Elements of the `pad` operand; a product has none.
  fileprivate var padCount: Int {
    switch self {
    case .product: 0
    case .convolution(let w), .runs(let w), .depthwise(let w): Int(w.in_channels)
    }
  }
}

private func padded<Element: ExpressibleByIntegerLiteral>(_ values: [Element]) -> [Element] {
  values + [Element](repeating: 0, count: (16 - values.count % 16) % 16)
}

/// Ordinary values, only extremes, or all the lowest: the sums that come closest to overflowing.
private func int8Values(_ count: Int, random: inout SplitMix64) -> [Int8] {
  switch random.next() % 4 {
  case 0: [Int8](repeating: .min, count: count)
  case 1: (0..<count).map { _ in Bool.random(using: &random) ? .min : .max }
  default: random.int8s(count)
  }
}

/// The same of int16.
private func int16Values(_ count: Int, random: inout SplitMix64) -> [Int16] {
  switch random.next() % 4 {
  case 0: [Int16](repeating: .min, count: count)
  case 1: (0..<count).map { _ in Bool.random(using: &random) ? .min : .max }
  default: random.int16s(count)
  }
}

/// Ordinary scales; one time in eight far larger ones, or special values among them.
private func scales(_ count: Int, random: inout SplitMix64) -> [Float] {
  switch random.next() % 8 {
  case 0: random.floats(count, range: 1e6)
  case 1: random.floats(count, range: 0.05, special: true)
  default: (0..<count).map { _ in Float.random(in: 1e-6...0.05, using: &random) }
  }
}

func randomRequantize(random: inout SplitMix64) -> uk_requantize {
  if Bool.random(using: &random) {
    return extremeRequantizations[Int(random.next() % UInt64(extremeRequantizations.count))]
  }
  let ends = [random.int32(in: -128...127), random.int32(in: -128...127)].sorted()
  return uk_requantize(
    zero_point: random.int32(in: -128...127), min: ends[0], max: ends[1], reserved: 0)
}

/// Ordinary values; one time in three with special ones among them.
func floatValues(_ count: Int, random: inout SplitMix64) -> [Float] {
  random.floats(count, special: random.next() % 3 == 0)
}
