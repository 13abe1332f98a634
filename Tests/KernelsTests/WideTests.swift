// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// int16: what is not a matrix kernel, and sums that no 32 bits hold.
@Suite struct WideTests {
  /// Every product the greatest there is, and all of one sign: the sum passes 2³¹ after 512.
  @Test func deepSums() {
    let shapes = [(1, 511), (3, 512), (9, 513), (2, 1021), (8, 4096), (11, 20000), (1, 20003)]
    for (rows, depth) in shapes { checkDeepSums(rows: rows, depth: depth) }
  }

  private func checkDeepSums(rows: Int, depth: Int) {
    let extremes: [(Int16, Int8)] = [(.min, .min), (.max, .max), (.max, -127), (.min, 127)]
    for (x, w) in extremes {
      let sum = Int64(x) * Int64(w) * Int64(depth)
      // Levels near the middle of the range, a different one for each column.
      let bias = (0..<16).map { Int64($0) * (1 << 24) - sum / 2 }
      let scale = [Float](repeating: 16384 / Float(sum.magnitude), count: 16)
      let output = wideRequantizations[0]
      var block = uk_s8_gemm_parameters()
      (block.rows, block.columns, block.depth) = (UInt32(rows), 16, UInt32(depth))
      block.output = output
      KernelCase(
        contract: .UK_CONTRACT_s16_gemm_requant, parameters: bytes(of: block),
        inputs: [
          KernelOperand([Int16](repeating: x, count: rows * depth)),
          KernelOperand(
            (0..<(depth + 3) / 4 * 64).map { $0 / 64 * 4 + $0 % 4 < depth ? w : 0 }),
          KernelOperand(bias), KernelOperand(scale),
        ],
        rows: rows < 8 ? 1 : rows,
        expected: (0..<rows * 16).map { index in
          requantizedWide(Float(Double(sum + bias[index % 16])) * scale[0], output)
        }
      ).check()
    }
  }

  /// Sums up to the ends of 64 bits become floats by two roundings, everywhere the same.
  @Test func sumsBecomeFloats() {
    var random = SplitMix64(seed: 8)
    for round in 0..<200 {
      let shift = Int64(round % 64)
      let bias = (0..<16).map { _ in Int64(truncatingIfNeeded: random.next()) >> shift }
      let scale = bias.map { 20000 / Float(max($0.magnitude, 1)) }
      var block = uk_s8_gemm_parameters()
      (block.rows, block.columns, block.depth) = (1, 16, 1)
      block.output = wideRequantizations[0]
      KernelCase(
        contract: .UK_CONTRACT_s16_gemm_requant, parameters: bytes(of: block),
        inputs: [
          KernelOperand([Int16(0)]), KernelOperand([Int8](repeating: 0, count: 64)),
          KernelOperand(bias), KernelOperand(scale),
        ],
        rows: 1,
        expected: zip(bias, scale).map { requantizedWide(Float(Double($0)) * $1, block.output) }
      ).check()
    }
  }

  func checkBinary(
    _ contract: uk_contract, _ element: (Float, Float, uk_s8_binary_parameters) -> Float
  ) {
    var random = SplitMix64(seed: 3)
    for columns in awkwardColumns {
      for (index, shape) in broadcasts(rows: 6, columns: columns).enumerated() {
        let (a, b) = (random.int16s(shape.aCount), random.int16s(shape.bCount))
        let p = uk_s8_binary_parameters(
          shape: shape, a_zero_point: 0, b_zero_point: 0,
          a_scale: [0.5, 0.013, 1e30][index % 3], b_scale: [0.25, 1.7, 1e-30][(index + 1) % 3],
          output: wideRequantizations[(columns + index) % wideRequantizations.count])
        KernelCase(
          contract: contract, parameters: bytes(of: p),
          inputs: [KernelOperand(a), KernelOperand(b)], rows: 6,
          expected: shape.map {
            requantizedWide(element(Float(a[$0]), Float(b[$1]), p), p.output)
          },
          overwritableInput: shape.overwritableInput
        ).check()
      }
    }
  }

  @Test func add() {
    checkBinary(.UK_CONTRACT_s16_add) { a, b, p in a * p.a_scale + b * p.b_scale }
  }

  @Test func multiply() {
    checkBinary(.UK_CONTRACT_s16_mul) { a, b, p in a * b * p.a_scale }
  }

  @Test func quantizeAndDequantize() {
    var random = SplitMix64(seed: 5)
    for columns in awkwardColumns {
      let scale: Float = [1, 0.5, 0.0235, 1e-38, 1e38][columns % 5]
      let parameters = bytes(
        of: uk_quantize_parameters(
          rows: 3, columns: UInt32(columns), scale: scale, zero_point: 0))
      let reals = random.floats(3 * columns, range: 40000, special: true).map {
        columns % 2 == 0 ? ($0 * 2).rounded() / 2 : $0
      }
      KernelCase(
        contract: .UK_CONTRACT_f32_s16_quantize, parameters: parameters,
        inputs: [KernelOperand(reals)], rows: 3,
        expected: reals.map { value in
          let v = value / scale
          return v.isNaN ? 0 : requantizedWide(v, wideRequantizations[0])
        }
      ).check()
      let levels = random.int16s(3 * columns)
      KernelCase(
        contract: .UK_CONTRACT_s16_f32_dequantize, parameters: parameters,
        inputs: [KernelOperand(levels)], rows: 3, expected: levels.map { Float($0) * scale }
      ).check()
    }
  }

  @Test func requantize() {
    var random = SplitMix64(seed: 6)
    for columns in awkwardColumns {
      let multiplier: Float = [1, 0.5, 257.03, 1e-3, 1e30][columns % 5]
      func parameters(_ zeroPoint: Int32, _ output: uk_requantize) -> [UInt8] {
        bytes(
          of: uk_requantize_parameters(
            rows: 3, columns: UInt32(columns), multiplier: multiplier,
            input_zero_point: zeroPoint, output: output))
      }
      let (narrow, wide) = (random.int8s(3 * columns), random.int16s(3 * columns))
      let toWide = wideRequantizations[columns % wideRequantizations.count]
      let toNarrow = extremeRequantizations[columns % extremeRequantizations.count]
      KernelCase(
        contract: .UK_CONTRACT_s8_s16_requantize, parameters: parameters(-9, toWide),
        inputs: [KernelOperand(narrow)], rows: 3,
        expected: narrow.map { requantizedWide(Float(Int32($0) + 9) * multiplier, toWide) }
      ).check()
      KernelCase(
        contract: .UK_CONTRACT_s16_s8_requantize, parameters: parameters(0, toNarrow),
        inputs: [KernelOperand(wide)], rows: 3,
        expected: wide.map { requantized(Float($0) * multiplier, toNarrow) }
      ).check()
      KernelCase(
        contract: .UK_CONTRACT_s16_requantize, parameters: parameters(0, toWide),
        inputs: [KernelOperand(wide)], rows: 3,
        expected: wide.map { requantizedWide(Float($0) * multiplier, toWide) },
        overwritableInput: 0
      ).check()
    }
  }
}
