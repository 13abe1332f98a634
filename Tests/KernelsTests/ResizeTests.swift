// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct ResizeTests {
  /// A resize between two sizes, and random tables for it: kernels do not care what made them.
  struct Geometry {
    let batch = 2
    let input: (height: Int, width: Int)
    let output: (height: Int, width: Int)
    let channels: Int

    func parameters(elementBytes: Int) -> [UInt8] {
      bytes(
        of: uk_resize_parameters(
          batch: UInt32(batch), in_height: UInt32(input.height), in_width: UInt32(input.width),
          channels: UInt32(channels), out_height: UInt32(output.height),
          out_width: UInt32(output.width), element_bytes: UInt32(elementBytes), reserved: 0))
    }

    var inputRows: Int { batch * input.height }
    var inputCount: Int { inputRows * input.width * channels }
    var outputRows: Int { batch * output.height }

    /// The output, from image, output row, output column and channel.
    func map<T>(_ element: (_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> T) -> [T] {
      (0..<batch).flatMap { n in
        (0..<output.height).flatMap { y in
          (0..<output.width).flatMap { x in (0..<channels).map { element(n, y, x, $0) } }
        }
      }
    }

    func index(_ n: Int, _ y: UInt32, _ x: UInt32, _ c: Int) -> Int {
      ((n * input.height + Int(y)) * input.width + Int(x)) * channels + c
    }
  }

  static let geometries = [1, 3, 4, 8, 13, 16, 32, 37].flatMap { channels in
    [
      Geometry(input: (3, 4), output: (6, 8), channels: channels),
      Geometry(input: (5, 3), output: (2, 7), channels: channels),
      Geometry(input: (1, 1), output: (3, 3), channels: channels),
    ]
  }

  func checkNearest<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(_ type: T.Type) {
    var random = SplitMix64(seed: 16)
    for g in Self.geometries {
      let rows = (0..<g.output.height).map { _ in
        UInt32.random(in: 0..<UInt32(g.input.height), using: &random)
      }
      let columns = (0..<g.output.width).map { _ in
        UInt32.random(in: 0..<UInt32(g.input.width), using: &random)
      }
      let values = (0..<g.inputCount).map { _ in T(truncatingIfNeeded: random.next()) }
      for ring in [g.inputRows, 1] {
        let (x, operand) = ringOperand(values, rows: g.inputRows, ring: ring)
        KernelCase(
          contract: .UK_CONTRACT_xx_resize_nearest,
          parameters: g.parameters(elementBytes: MemoryLayout<T>.size),
          inputs: [operand, KernelOperand(rows), KernelOperand(columns)], rows: g.outputRows,
          expected: g.map { n, oy, ox, c in x[g.index(n, rows[oy], columns[ox], c)] },
          outputHasRows: true
        ).check()
      }
    }
  }

  @Test func nearest() {
    checkNearest(UInt8.self)
    checkNearest(UInt16.self)
    checkNearest(UInt32.self)
    checkNearest(UInt64.self)
  }

  func taps(_ count: Int, extent: Int, _ random: inout SplitMix64) -> [uk_resize_tap] {
    (0..<count).map { index in
      uk_resize_tap(
        first: UInt32.random(in: 0..<UInt32(extent), using: &random),
        second: UInt32.random(in: 0..<UInt32(extent), using: &random),
        fraction: index % 3 == 0 ? 0.5 : Float.random(in: 0..<1, using: &random), reserved: 0)
    }
  }

  func checkBilinear<T: BitwiseCopyable>(
    _ contract: uk_contract, isFused: Bool, values: (Int) -> [T], read: (T) -> Float,
    store: (Float) -> T
  ) {
    var random = SplitMix64(seed: 17)
    func mix(_ a: Float, _ b: Float, _ fraction: Float) -> Float {
      multiplyAdd(b - a, fraction, a, isFused: isFused)
    }
    for g in Self.geometries {
      let rows = taps(g.output.height, extent: g.input.height, &random)
      let columns = taps(g.output.width, extent: g.input.width, &random)
      let all = values(g.inputCount)
      for ring in [g.inputRows, (g.inputRows + 1) / 2] {
        let (x, operand) = ringOperand(all, rows: g.inputRows, ring: ring)
        KernelCase(
          contract: contract, parameters: g.parameters(elementBytes: MemoryLayout<T>.size),
          inputs: [operand, KernelOperand(rows), KernelOperand(columns)], rows: g.outputRows,
          expected: g.map { n, oy, ox, c in
            let (row, column) = (rows[oy], columns[ox])
            func horizontal(_ y: UInt32) -> Float {
              mix(
                read(x[g.index(n, y, column.first, c)]), read(x[g.index(n, y, column.second, c)]),
                column.fraction)
            }
            return store(mix(horizontal(row.first), horizontal(row.second), row.fraction))
          },
          outputHasRows: true
        ).check()
      }
    }
  }

  @Test func bilinearUnfused() {
    var random = SplitMix64(seed: 18)
    checkBilinear(
      .UK_CONTRACT_f32_resize_bilinear_muladd, isFused: false,
      values: { random.floats($0, special: true) }, read: { $0 }, store: { $0 })
  }

  @Test(.enabled(if: hasFMA)) func bilinearFused() {
    var random = SplitMix64(seed: 19)
    checkBilinear(
      .UK_CONTRACT_f32_resize_bilinear_fma, isFused: true,
      values: { random.floats($0, special: true) }, read: { $0 }, store: { $0 })
  }

  @Test func bilinearInt8() {
    var random = SplitMix64(seed: 20)
    checkBilinear(
      .UK_CONTRACT_s8_resize_bilinear, isFused: false, values: { random.int8s($0) },
      read: { Float($0) }, store: { requantized($0, extremeRequantizations[0]) })
  }
}
