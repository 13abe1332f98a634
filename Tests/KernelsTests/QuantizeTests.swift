// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct QuantizeTests {
  static let zeroPoints: [Int32] = [0, -128, 127, -1, 33]
  static let scales: [Float] = [1, 0.5, 0.0235, 1e-38, 1e38]

  @Test(arguments: zeroPoints) func quantize(_ zeroPoint: Int32) {
    var random = SplitMix64(seed: 5)
    for columns in awkwardColumns {
      let scale = Self.scales[columns % Self.scales.count]
      // Halves and their neighbours: the ties are what rounding rules differ in.
      let x = random.floats(3 * columns, range: 200, special: true).map {
        columns % 2 == 0 ? ($0 * 2).rounded() / 2 : $0
      }
      let output = uk_requantize(zero_point: zeroPoint, min: -128, max: 127, reserved: 0)
      KernelCase(
        contract: .UK_CONTRACT_f32_s8_quantize,
        parameters: bytes(
          of: uk_quantize_parameters(
            rows: 3, columns: UInt32(columns), scale: scale, zero_point: zeroPoint)),
        inputs: [KernelOperand(x)], rows: 3,
        expected: x.map { value in
          let v = value / scale
          return v.isNaN ? Int8(zeroPoint) : requantized(v, output)
        }
      ).check()
    }
  }

  @Test(arguments: zeroPoints) func dequantize(_ zeroPoint: Int32) {
    var random = SplitMix64(seed: 6)
    for columns in awkwardColumns + [256] {
      let scale = Self.scales[columns % Self.scales.count]
      let x = columns == 256 ? Array(Int8.min...Int8.max) : random.int8s(columns)
      KernelCase(
        contract: .UK_CONTRACT_s8_f32_dequantize,
        parameters: bytes(
          of: uk_quantize_parameters(
            rows: 1, columns: UInt32(columns), scale: scale, zero_point: zeroPoint)),
        inputs: [KernelOperand(x)], rows: 1,
        expected: x.map { Float(Int32($0) - zeroPoint) * scale }
      ).check()
    }
  }
}
