// SPDX-License-Identifier: Apache-2.0
import CKernels
import Foundation
import Testing

@Suite struct SoftmaxTests {
  /// Rows of ordinary values, of one value, with NaN, with infinities, and far apart.
  static func rows(columns: Int, _ random: inout SplitMix64) -> [Float] {
    var x = random.floats(columns, range: 10)
    x += [Float](repeating: -0.0, count: columns)
    x += random.floats(columns, range: 3, special: true)
    x += random.floats(columns, range: 3).map { $0 > 2 ? -.infinity : $0 }
    x += random.floats(columns, range: 300)
    return x
  }

  func checkFloat(_ contract: uk_contract, beta: Float, exp: (Float) -> Float) {
    var random = SplitMix64(seed: 7)
    for columns in awkwardColumns + [1000] {
      let x = Self.rows(columns: columns, &random)
      let expected = stride(from: 0, to: x.count, by: columns).flatMap { start in
        let row = x[start..<start + columns]
        let greatest = row.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
        let exponentials = row.map { exp(beta * ($0 - greatest)) }
        let sum = joinedSum(exponentials)
        return exponentials.map { $0 / sum }
      }
      KernelCase(
        contract: contract,
        parameters: bytes(
          of: uk_f32_softmax_parameters(
            rows: 5, columns: UInt32(columns), beta: beta, reserved: 0)),
        inputs: [KernelOperand(x)], rows: 5, expected: expected, overwritableInput: 0
      ).check()
    }
  }

  @Test(arguments: [1, 0.25, 3] as [Float]) func unfused(beta: Float) {
    checkFloat(.UK_CONTRACT_f32_softmax_muladd, beta: beta, exp: uk_exp_muladd)
  }

  @Test(.enabled(if: hasFMA), arguments: [1, 0.25, 3] as [Float]) func fused(beta: Float) {
    checkFloat(.UK_CONTRACT_f32_softmax_fma, beta: beta, exp: uk_exp_fma)
  }

  @Test(arguments: [0.0235, 0.5, 0.001] as [Double]) func int8(step: Double) {
    var random = SplitMix64(seed: 8)
    let table = (0..<256).map { Float(Foundation.exp(-Double($0) * step)) }
    for (index, columns) in (awkwardColumns + [1000]).enumerated() {
      let p = uk_s8_softmax_parameters(
        rows: 4, columns: UInt32(columns), multiplier: [256, 100, 1e9][index % 3], reserved: 0,
        output: extremeRequantizations[(index + 1) % extremeRequantizations.count])
      let x = random.int8s(3 * columns) + [Int8](repeating: -128, count: columns)
      let expected = stride(from: 0, to: x.count, by: columns).flatMap { start in
        let row = x[start..<start + columns].map { Int($0) }
        let greatest = row.reduce(-128, max)
        let exponentials = row.map { table[greatest - $0] }
        let sum = joinedSum(exponentials)
        return exponentials.map { requantized($0 / sum * p.multiplier, p.output) }
      }
      KernelCase(
        contract: .UK_CONTRACT_s8_softmax, parameters: bytes(of: p),
        inputs: [KernelOperand(x), KernelOperand(table)], rows: 4, expected: expected,
        overwritableInput: 0
      ).check()
    }
  }
}
