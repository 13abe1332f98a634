// SPDX-License-Identifier: Apache-2.0
import CKernels

extension MatrixData {
  /// Adds a random residual to the result: one more operand, and the bits of one more step.
  mutating func addResidual(random: inout SplitMix64) {
    if elementBytes == 1 {
      addInt8Residual(random: &random)
    } else {
      addFloatResidual(random: &random)
    }
  }

  private mutating func addInt8Residual(random: inout SplitMix64) {
    let residual = random.int8s(expected.count)
    let add = uk_s8_residual(
      scale: Float.random(in: 0.01...2, using: &random),
      residual_scale: Float.random(in: 0.01...2, using: &random),
      residual_zero_point: random.int32(in: -128...127), reserved: 0,
      output: randomRequantize(random: &random))
    expected = zip(expected, residual).map { result, residual in
      let steps = Int32(Int8(bitPattern: result)) - requantize.zero_point
      let left = Float(steps) * add.scale
      let right = Float(Int32(residual) - add.residual_zero_point) * add.residual_scale
      return UInt8(bitPattern: requantized(left + right, add.output))
    }
    operands.append(bytes(of: residual))
    residualParameters = bytes(of: add)
  }

  private mutating func addFloatResidual(random: inout SplitMix64) {
    let results = expected.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let residual = floatValues(results.count, random: &random)
    let clamps: [(Float, Float)] = [(-.infinity, .infinity), (0, .infinity), (-1, 6)]
    let (min, max) = clamps[Int(random.next() % 3)]
    expected = bytes(of: zip(results, residual).map { clamped($0 + $1, min, max) })
    operands.append(bytes(of: residual))
    residualParameters = bytes(of: uk_f32_residual(min: min, max: max, reserved: (0, 0)))
  }
}
