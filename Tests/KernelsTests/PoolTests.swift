// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct PoolTests {
  static let channelCounts = [1, 3, 4, 7, 8, 16, 19, 32, 33, 64, 70]

  /// Every geometry, with the input whole and in a ring of fewer rows.
  func forEachCase<T: BitwiseCopyable>(
    _ values: (Int) -> [T],
    _ body: (_ window: uk_window, _ x: [T], _ operand: KernelOperand, _ index: Int) -> Void
  ) {
    for channels in Self.channelCounts {
      for (index, window) in poolWindows(channels: channels).enumerated() {
        let x = values(window.inputRows * window.inputRowElements)
        for ring in [window.inputRows, (window.inputRows + 1) / 2] {
          let (whole, operand) = ringOperand(x, rows: window.inputRows, ring: ring)
          body(window, whole, operand, index + channels)
        }
      }
    }
  }

  func checkFloat(
    _ contract: uk_contract, countsPadding: Bool,
    _ element: (_ taps: [Float], _ divisor: Float) -> Float
  ) {
    var random = SplitMix64(seed: 9)
    forEachCase({ random.floats($0, special: true) }) { window, x, operand, index in
      let (min, max): (Float, Float) = index % 2 == 0 ? (-.infinity, .infinity) : (-0.5, 1.5)
      KernelCase(
        contract: contract,
        parameters: bytes(
          of: uk_f32_window_parameters(
            window: window, min: min, max: max, counts_padding: countsPadding ? 1 : 0,
            reserved: 0)),
        inputs: [operand], rows: window.outputRows,
        expected: window.mapTaps { taps in
          let divisor = window.divisor(taps: taps, countsPadding: countsPadding)
          return clamped(element(taps.map { x[$0] }, divisor), min, max)
        },
        outputHasRows: true
      ).check()
    }
  }

  @Test(arguments: [false, true]) func averageFloat(countsPadding: Bool) {
    checkFloat(.UK_CONTRACT_f32_avgpool_clamp, countsPadding: countsPadding) { taps, divisor in
      taps.reduce(0, +) / divisor
    }
  }

  @Test func maximumFloat() {
    checkFloat(.UK_CONTRACT_f32_maxpool_clamp, countsPadding: false) { taps, _ in
      taps.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
    }
  }

  func checkInt8(
    _ contract: uk_contract, countsPadding: Bool,
    _ element: (_ taps: [Int32], _ divisor: Float, _ p: uk_s8_pool_parameters) -> Int8
  ) {
    var random = SplitMix64(seed: 10)
    forEachCase({ random.int8s($0) }) { window, x, operand, index in
      let p = uk_s8_pool_parameters(
        window: window, output: extremeRequantizations[index % extremeRequantizations.count],
        input_zero_point: [0, -128, 127, 9][index % 4], multiplier: [1, 0.731, 3][index % 3],
        counts_padding: countsPadding ? 1 : 0, reserved: 0)
      KernelCase(
        contract: contract, parameters: bytes(of: p), inputs: [operand], rows: window.outputRows,
        expected: window.mapTaps { taps in
          let divisor = window.divisor(taps: taps, countsPadding: countsPadding)
          return element(taps.map { Int32(x[$0]) }, divisor, p)
        },
        outputHasRows: true
      ).check()
    }
  }

  func checkInt16(
    _ contract: uk_contract, countsPadding: Bool,
    _ element: (_ taps: [Int32], _ divisor: Float, _ p: uk_s8_pool_parameters) -> Int16
  ) {
    var random = SplitMix64(seed: 12)
    forEachCase({ random.int16s($0) }) { window, x, operand, index in
      let p = uk_s8_pool_parameters(
        window: window, output: wideRequantizations[index % wideRequantizations.count],
        input_zero_point: 0, multiplier: [1, 0.731, 3][index % 3],
        counts_padding: countsPadding ? 1 : 0, reserved: 0)
      KernelCase(
        contract: contract, parameters: bytes(of: p), inputs: [operand], rows: window.outputRows,
        expected: window.mapTaps { taps in
          let divisor = window.divisor(taps: taps, countsPadding: countsPadding)
          return element(taps.map { Int32(x[$0]) }, divisor, p)
        },
        outputHasRows: true
      ).check()
    }
  }

  @Test(arguments: [false, true]) func averageInt16(countsPadding: Bool) {
    checkInt16(.UK_CONTRACT_s16_avgpool, countsPadding: countsPadding) { taps, divisor, p in
      requantizedWide(Float(taps.reduce(0, +)) * (p.multiplier / divisor), p.output)
    }
  }

  @Test func maximumInt16() {
    checkInt16(.UK_CONTRACT_s16_maxpool, countsPadding: false) { taps, _, p in
      Int16(min(max(taps.reduce(-32768, max), p.output.min), p.output.max))
    }
  }

  @Test(arguments: [false, true]) func averageInt8(countsPadding: Bool) {
    checkInt8(.UK_CONTRACT_s8_avgpool, countsPadding: countsPadding) { taps, divisor, p in
      let sum = taps.reduce(0) { $0 + $1 - p.input_zero_point }
      return requantized(Float(sum) * (p.multiplier / divisor), p.output)
    }
  }

  @Test func maximumInt8() {
    checkInt8(.UK_CONTRACT_s8_maxpool, countsPadding: false) { taps, _, p in
      Int8(min(max(taps.reduce(-128, max), p.output.min), p.output.max))
    }
  }

  /// An output ring of one row holds the newest row.
  @Test func outputRing() {
    let window = poolWindows(channels: 5)[1]
    var random = SplitMix64(seed: 11)
    let x = random.int8s(window.inputRows * window.inputRowElements)
    let p = uk_s8_pool_parameters(
      window: window, output: extremeRequantizations[0], input_zero_point: 0, multiplier: 1,
      counts_padding: 0, reserved: 0)
    let expected = window.mapTaps { taps in taps.map { x[$0] }.reduce(Int8.min, max) }
    let rowBytes = expected.count / window.outputRows
    for kernel in runnableKernels(of: .UK_CONTRACT_s8_maxpool) {
      let output = runOnRing(
        kernel, parameters: bytes(of: p),
        input: KernelOperand(x, rowBytes: window.inputRowElements),
        output: KernelOperand([Int8](repeating: 0, count: rowBytes), rowBytes: rowBytes),
        rows: window.outputRows)
      #expect(output == bytes(of: Array(expected.suffix(rowBytes))))
    }
  }
}
