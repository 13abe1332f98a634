// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Products of float32 rows with weights of other types.
@Suite struct StoredProductTests {
  /// Rows, columns and depth: tails of every extent, few rows and many, pieces of deep weights.
  private static let shapes: [(Int, Int, Int)] =
    awkwardColumns.enumerated().map { (1 + $0 % 11, $1, 1 + 7 * $0 % 41) } + [
      (1, 100, 33), (2, 128, 65), (3, 65, 300), (4, 70, 257), (7, 40, 600), (20, 64, 512),
      (140, 36, 32), (130, 20, 127), (9, 33, 1100), (1, 48, 2100),
    ]

  /// A problem's numbers; weights are `[columns][depth]`.
  private struct Problem {
    let (rows, columns, depth): (Int, Int, Int)
    var a: [Float]
    let bias: [Float]
    let clamp: (Float, Float)

    /// Without a bias and a clamp.
    init(rows: Int, columns: Int, depth: Int, a: [Float]) {
      (self.rows, self.columns, self.depth, self.a) = (rows, columns, depth, a)
      bias = [Float](repeating: 0, count: columns)
      clamp = (-.infinity, .infinity)
    }

    init(_ shape: (Int, Int, Int), _ random: inout SplitMix64) {
      (rows, columns, depth) = shape
      a = floatValues(rows * depth, random: &random)
      bias = floatValues(columns, random: &random)
      let clamps: [(Float, Float)] = [(-.infinity, .infinity), (0, .infinity), (-1, 6)]
      clamp = clamps[Int(random.next() % 3)]
    }

    var paddedColumns: Int { (columns + 15) / 16 * 16 }

    var parameters: uk_f32_gemm_parameters {
      uk_f32_gemm_parameters(
        rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0,
        min: clamp.0, max: clamp.1, reserved2: (0, 0))
    }

    /// Values of all columns, `extent` a column, in panels of 16 columns: `[panel][extent][16]`.
    func panels<T>(_ values: [T], extent: Int, padding: T) -> [T] {
      var result = [T](repeating: padding, count: paddedColumns * extent)
      for column in 0..<columns {
        for k in 0..<extent {
          result[(column / 16 * extent + k) * 16 + column % 16] = values[column * extent + k]
        }
      }
      return result
    }

    /// The product as a float class computes it.
    func product(_ weights: [Float], isFused: Bool) -> [Float] {
      (0..<rows * columns).map { index in
        let (row, column) = (index / columns, index % columns)
        let sum = (0..<depth).reduce(bias[column]) {
          multiplyAdd(
            a[row * depth + $1], weights[column * depth + $1], $0, isFused: isFused)
        }
        return clamped(sum, clamp.0, clamp.1)
      }
    }

    /// The same of rows that are quantised as they come.
    func dynamicProduct(_ levels: [Int8], _ scales: [Float]) -> [Float] {
      (0..<rows).flatMap { row in
        let x = a[row * depth..<(row + 1) * depth]
        let greatest = x.reduce(0) { $1.isNaN ? $0 : max($0, abs($1)) }
        let magnitude = min(greatest, .greatestFiniteMagnitude)
        let isZero = magnitude / 127 < .leastNormalMagnitude
        let q = x.map { x in
          let steps = isZero ? 0 : x * (127 / magnitude)
          return steps.isNaN ? 0 : Int(max(-127, min(127, steps)).rounded(.toNearestOrEven))
        }
        return (0..<columns).map { column in
          let sum = (0..<depth).reduce(0) { $0 + q[$1] * Int(levels[column * depth + $1]) }
          let scale = (isZero ? 0 : magnitude / 127) * scales[column]
          return clamped(scale * Float(Int32(sum)) + bias[column], clamp.0, clamp.1)
        }
      }
    }

    /// Levels of int8 in the packing of all int8 products.
    func packed(_ levels: [Int8]) -> [Int8] {
      MatrixProblem.product(rows: rows, columns: columns, depth: depth).packed(levels, group: 4)
    }

    func check(
      _ contract: uk_contract, _ weights: [UInt8], scales: [Float]?, _ expected: [Float],
      scratchBytes: Int
    ) {
      let padding = [Float](repeating: 0, count: paddedColumns - columns)
      var test = KernelCase(
        contract: contract, parameters: bytes(of: parameters),
        inputs: [KernelOperand(a), KernelOperand(weights), KernelOperand(bias + padding)]
          + (scales.map { [KernelOperand($0)] } ?? []),
        rows: rows < 8 ? (columns + 63) / 64 : rows, expected: expected)
      test.scratchBytes = scratchBytes
      test.check()
    }

    /// A piece of the weights, unless they are expanded in registers.
    var pieceBytes: Int {
      rows < 4 ? 0 : 4 * min(64, paddedColumns) * min(256, depth)
    }
  }

  private static let classes = [true, false]

  @Test(arguments: classes) func int8(isFused: Bool) {
    var random = SplitMix64(seed: 41)
    for shape in Self.shapes {
      let problem = Problem(shape, &random)
      let levels = random.int8s(problem.columns * problem.depth)
      let scales = random.floats(problem.columns, range: 0.1)
      let weights = levels.indices.map { Float(levels[$0]) * scales[$0 / problem.depth] }
      problem.check(
        isFused ? .UK_CONTRACT_f32_w8_gemm_fma : .UK_CONTRACT_f32_w8_gemm_muladd,
        bytes(of: problem.packed(levels)),
        scales: problem.panels(scales, extent: 1, padding: 0),
        problem.product(weights, isFused: isFused), scratchBytes: problem.pieceBytes)
    }
  }

  @Test(arguments: classes) func int4(isFused: Bool) {
    var random = SplitMix64(seed: 42)
    for shape in Self.shapes {
      let problem = Problem(shape, &random)
      let depth = problem.depth
      let (wordCount, groups) = ((depth + 7) / 8, (depth + 31) / 32)
      let levels = (0..<problem.columns * depth).map { _ in random.int32(in: -8...7) }
      let scales = random.floats(problem.columns * groups, range: 0.1)
      var words = [UInt32](repeating: 0, count: problem.columns * wordCount)
      let weights = levels.indices.map { index in
        let (column, k) = (index / depth, index % depth)
        words[column * wordCount + k / 8] |= UInt32(bitPattern: levels[index] & 15) << (k % 8 * 4)
        return Float(levels[index]) * scales[column * groups + k / 32]
      }
      problem.check(
        isFused ? .UK_CONTRACT_f32_w4_gemm_fma : .UK_CONTRACT_f32_w4_gemm_muladd,
        bytes(of: problem.panels(words, extent: wordCount, padding: 0)),
        scales: problem.panels(scales, extent: groups, padding: 0),
        problem.product(weights, isFused: isFused), scratchBytes: problem.pieceBytes)
    }
  }

  /// All bit patterns of float16 are among the weights.
  @Test(arguments: classes) func float16(isFused: Bool) {
    var random = SplitMix64(seed: 43)
    for shape in Self.shapes {
      let problem = Problem(shape, &random)
      let bits = (0..<problem.columns * problem.depth).map { _ in
        let any = UInt16(truncatingIfNeeded: random.next())
        return random.next() % 64 == 0 ? any : any & 0x83FF | any & 0x3C00
      }
      problem.check(
        isFused ? .UK_CONTRACT_f32_w16_gemm_fma : .UK_CONTRACT_f32_w16_gemm_muladd,
        bytes(of: problem.panels(bits, extent: problem.depth, padding: 0)), scales: nil,
        problem.product(bits.map(float(ofHalf:)), isFused: isFused),
        scratchBytes: problem.pieceBytes)
    }
  }

  /// Every bit pattern of float16.
  @Test(arguments: classes) func everyFloat16(isFused: Bool) {
    let one = Problem(rows: 1, columns: 64, depth: 1, a: [1])
    for first in stride(from: 0, to: 65536, by: 64) {
      let patterns = (first..<first + 64).map { UInt16($0) }
      one.check(
        isFused ? .UK_CONTRACT_f32_w16_gemm_fma : .UK_CONTRACT_f32_w16_gemm_muladd,
        bytes(of: patterns), scales: nil,
        one.product(patterns.map(float(ofHalf:)), isFused: isFused), scratchBytes: 0)
    }
  }

  /// Rows with special values, of zeros, and of the smallest numbers.
  @Test func dynamic() {
    var random = SplitMix64(seed: 44)
    for (index, shape) in Self.shapes.enumerated() {
      var problem = Problem(shape, &random)
      if index % 3 == 0 {
        let factor: Float = index % 2 == 0 ? 0 : 0x1p-120
        for k in 0..<problem.depth { problem.a[k] *= factor }
      }
      let levels = random.int8s(problem.columns * problem.depth)
      let scales = random.floats(problem.columns, range: 0.1)
      let (groups, rows) = ((problem.depth + 3) / 4 * 4, problem.rows)
      let most = min(rows, max(24, min(128, 24576 / problem.depth)))
      let block = min(48, max(8, 24576 / (2 * groups)))
      problem.check(
        .UK_CONTRACT_f32_s8_gemm_dynamic, bytes(of: problem.packed(levels)),
        scales: problem.panels(scales, extent: 1, padding: 0),
        problem.dynamicProduct(levels, scales),
        scratchBytes: (most * (4 + problem.depth) + 63) / 64 * 64
          + min(most, block) * 2 * groups)
    }
  }
}

/// The number of these 16 bits.
private func float(ofHalf bits: UInt16) -> Float {
  let (exponent, fraction) = (Int(bits >> 10) & 31, Float(bits & 0x3FF))
  let magnitude: Float =
    switch exponent {
    case 31: fraction == 0 ? .infinity : .nan
    case 0: fraction * 0x1p-24
    default: Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
    }
  return bits & 0x8000 == 0 ? magnitude : -magnitude
}
