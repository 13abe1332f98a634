// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Reductions, normalisation, products of activations and attention, against their rules written
/// once more.
@Suite struct RowTests {
  /// Whether a contract of each float class fuses its multiply-adds.
  static let classes: [Bool] = hasFMA ? [false, true] : [false]

  /// 32 interleaved partial results, joined by halves.
  func joined(_ values: [Float], from first: Float, _ step: (Float, Float) -> Float) -> Float {
    var partial = [Float](repeating: first, count: 32)
    for (index, value) in values.enumerated() {
      partial[index % 32] = step(partial[index % 32], value)
    }
    while partial.count > 1 {
      let half = partial.count / 2
      partial = (0..<half).map { step(partial[$0], partial[$0 + half]) }
    }
    return partial[0]
  }

  func reduction(_ kind: uk_reduction, _ x: [Float]) -> Float {
    switch kind {
    case .UK_REDUCTION_SUM: joinedSum(x)
    case .UK_REDUCTION_MEAN: joinedSum(x) / Float(x.count)
    case .UK_REDUCTION_SUM_OF_SQUARES: joinedSum(x.map { $0 * $0 })
    case .UK_REDUCTION_PRODUCT: joined(x, from: 1) { $0 * $1 }
    case .UK_REDUCTION_MAX: joined(x, from: -.infinity) { $1 > $0 ? $1 : $0 }
    case .UK_REDUCTION_MIN: joined(x, from: .infinity) { $1 < $0 ? $1 : $0 }
    @unknown default: .nan
    }
  }

  static let kinds: [uk_reduction] = [
    .UK_REDUCTION_SUM, .UK_REDUCTION_MEAN, .UK_REDUCTION_SUM_OF_SQUARES, .UK_REDUCTION_PRODUCT,
    .UK_REDUCTION_MAX, .UK_REDUCTION_MIN,
  ]

  @Test(arguments: [.UK_REDUCTION_MEAN, .UK_REDUCTION_MAX, .UK_REDUCTION_MIN] as [uk_reduction])
  func reduceInt8(_ kind: uk_reduction) {
    var random = SplitMix64(seed: 26)
    for (index, (reduced, inner)) in [
      (1, 1), (70, 1), (5, 3), (9, 64), (300, 65), (2, 150), (33, 17),
    ].enumerated() {
      var p = uk_s8_reduce_parameters()
      p.shape = uk_reduce_parameters(
        outer: 3, reduced: UInt32(reduced), inner: UInt32(inner), kind: kind.rawValue)
      p.multiplier = 1 / Float(reduced)
      p.input_zero_point = -100
      p.output = extremeRequantizations[index % extremeRequantizations.count]
      let x = random.int8s(3 * reduced * inner)
      let expected = (0..<3 * inner).map { position in
        let (outer, column) = (position / inner, position % inner)
        let taps = (0..<reduced).map { Int32(x[(outer * reduced + $0) * inner + column]) + 100 }
        let result =
          switch kind {
          case .UK_REDUCTION_MAX: taps.reduce(.min, max)
          case .UK_REDUCTION_MIN: taps.reduce(.max, min)
          default: taps.reduce(0, +)
          }
        return requantized(Float(result) * p.multiplier, p.output)
      }
      KernelCase(
        contract: .UK_CONTRACT_s8_reduce, parameters: bytes(of: p), inputs: [KernelOperand(x)],
        rows: 3, expected: expected
      ).check()
    }
  }

  @Test(arguments: kinds) func reduce(_ kind: uk_reduction) {
    var random = SplitMix64(seed: 21)
    for reduced in awkwardColumns {
      for inner in [1, 3, 8, 19] {
        let x = random.floats(3 * reduced * inner, special: reduced % 2 == 0)
        let expected = (0..<3 * inner).map { index in
          let start = index / inner * reduced * inner + index % inner
          return reduction(kind, (0..<reduced).map { x[start + $0 * inner] })
        }
        KernelCase(
          contract: .UK_CONTRACT_f32_reduce,
          parameters: bytes(
            of: uk_reduce_parameters(
              outer: 3, reduced: UInt32(reduced), inner: UInt32(inner), kind: kind.rawValue)),
          inputs: [KernelOperand(x)], rows: 3, expected: expected
        ).check()
      }
    }
  }

  @Test(arguments: classes, [true, false]) func normalize(isFused: Bool, isCentered: Bool) {
    var random = SplitMix64(seed: 22)
    for columns in awkwardColumns {
      let (x, scale) = (random.floats(3 * columns), random.floats(columns))
      let bias = random.floats(columns)
      let count = Float(columns)
      let expected = stride(from: 0, to: x.count, by: columns).flatMap { start in
        let row = Array(x[start..<start + columns])
        let mean = isCentered ? joinedSum(row) / count : 0
        var partial = [Float](repeating: 0, count: 32)
        for (index, value) in row.enumerated() {
          let deviation = value - mean
          partial[index % 32] = multiplyAdd(
            deviation, deviation, partial[index % 32], isFused: isFused)
        }
        let factor = 1 / (joinedSum(partial) / count + 1e-3).squareRoot()
        return row.indices.map {
          multiplyAdd((row[$0] - mean) * factor, scale[$0], bias[$0], isFused: isFused)
        }
      }
      KernelCase(
        contract: isFused ? .UK_CONTRACT_f32_normalize_fma : .UK_CONTRACT_f32_normalize_muladd,
        parameters: bytes(
          of: uk_f32_normalize_parameters(
            rows: 3, columns: UInt32(columns), epsilon: 1e-3, is_centered: isCentered ? 1 : 0)),
        inputs: [KernelOperand(x), KernelOperand(scale), KernelOperand(bias)], rows: 3,
        expected: expected, overwritableInput: 0
      ).check()
    }
  }

  /// A row times the columns that `element` names, each sum in sequence.
  func product(
    _ a: ArraySlice<Float>, columns: Int, isFused: Bool, _ element: (_ k: Int, _ n: Int) -> Float
  ) -> [Float] {
    (0..<columns).map { n in
      a.enumerated().reduce(0) {
        multiplyAdd($1.element, element($1.offset, n), $0, isFused: isFused)
      }
    }
  }

  /// What a piece of a matrix takes, packed: at most 64 columns and 256 rows.
  func packedBytes(depth: Int, columns: Int) -> Int {
    4 * min(64, (columns + 15) / 16 * 16) * min(256, depth)
  }

  @Test(arguments: classes, [true, false]) func matMul(isFused: Bool, isTransposed: Bool) {
    var random = SplitMix64(seed: 23)
    for (rows, columns, depth) in [
      (1, 1, 1), (2, 16, 5), (7, 21, 19), (13, 40, 3), (9, 15, 33), (5, 70, 8), (3, 20, 300),
      (50, 64, 257),
    ] {
      // Two by three products; the same right side for the three.
      let p = uk_f32_matmul_parameters(
        outer: 2, inner: 3, rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth),
        is_transposed: isTransposed ? 1 : 0, a_outer: UInt32(3 * rows * depth),
        a_inner: UInt32(rows * depth), b_outer: UInt32(columns * depth), b_inner: 0,
        reserved: (0, 0))
      let a = random.floats(6 * rows * depth)
      let b = random.floats(2 * columns * depth)
      let expected = (0..<6 * rows).flatMap { row in
        let base = row / rows / 3 * columns * depth
        return product(
          a[row * depth..<(row + 1) * depth], columns: columns, isFused: isFused
        ) { k, n in b[base + (isTransposed ? n * depth + k : k * columns + n)] }
      }
      var test = KernelCase(
        contract: isFused ? .UK_CONTRACT_f32_matmul_fma : .UK_CONTRACT_f32_matmul_muladd,
        parameters: bytes(of: p), inputs: [KernelOperand(a), KernelOperand(b)], rows: 6 * rows,
        expected: expected)
      test.scratchBytes = packedBytes(depth: depth, columns: columns)
      test.check()
    }
  }

  @Test(arguments: classes, [0, 1]) func attention(isFused: Bool, causal: UInt32) {
    var random = SplitMix64(seed: 24)
    for (rows, keys, depth) in [(1, 1, 1), (5, 17, 8), (20, 33, 19), (3, 300, 5), (2, 70, 260)] {
      let p = uk_f32_attention_parameters(
        batch: 1, heads: 2, key_heads: 1, rows: UInt32(rows), keys: UInt32(keys),
        depth: UInt32(depth), value_depth: UInt32(depth + 2), rows_first: 0, mask_axes: 8,
        is_causal: causal, zeroes_nan: 0, scale: 0.3)
      let (q, k) = (random.floats(2 * rows * depth), random.floats(keys * depth))
      let (v, mask) = (random.floats(keys * (depth + 2)), random.floats(keys))
      let exp = isFused ? uk_exp_fma : uk_exp_muladd
      let expected = (0..<2 * rows).flatMap { row in
        var scores = product(
          q[row * depth..<(row + 1) * depth], columns: keys, isFused: isFused
        ) { k[$1 * depth + $0] }
        for key in 0..<keys {
          scores[key] = multiplyAdd(scores[key], 0.3, mask[key], isFused: isFused)
          if causal == 1, key > row % rows + keys - rows { scores[key] = -.infinity }
        }
        let greatest = scores.reduce(-.infinity, max)
        let powers = scores.map { exp($0 - greatest) }
        let sum = joinedSum(powers)
        return product(powers.map { $0 / sum }[...], columns: depth + 2, isFused: isFused) {
          v[$0 * (depth + 2) + $1]
        }
      }
      var test = KernelCase(
        contract: isFused ? .UK_CONTRACT_f32_attention_fma : .UK_CONTRACT_f32_attention_muladd,
        parameters: bytes(of: p),
        inputs: [KernelOperand(q), KernelOperand(k), KernelOperand(v), KernelOperand(mask)],
        rows: 2 * rows, expected: expected)
      // A piece of the keys or values, and the scores of all rows.
      test.scratchBytes =
        max(
          packedBytes(depth: depth, columns: keys), packedBytes(depth: keys, columns: depth + 2))
        + 4 * rows * ((keys + 15) / 16 * 16)
      test.check()
    }
  }

  /// The other way through a product's packed weights; few rows are shared by 64 of y's columns.
  @Test(arguments: classes) func gemmTransposed(isFused: Bool) {
    var random = SplitMix64(seed: 25)
    for (rows, columns, depth) in [
      (1, 1, 1), (1, 40, 192), (5, 300, 70), (7, 16, 64), (8, 33, 7), (19, 21, 65), (50, 270, 16),
    ] {
      let a = random.floats(rows * columns, special: depth % 2 == 1)
      let w = random.floats(columns * depth)
      var packed = [Float](repeating: 0, count: (columns + 15) / 16 * 16 * depth)
      for column in 0..<columns {
        for k in 0..<depth {
          packed[(column / 16 * depth + k) * 16 + column % 16] = w[column * depth + k]
        }
      }
      let expected = (0..<rows).flatMap { row in
        product(a[row * columns..<(row + 1) * columns], columns: depth, isFused: isFused) {
          w[$0 * depth + $1]
        }
      }
      var test = KernelCase(
        contract: isFused
          ? .UK_CONTRACT_f32_gemm_transposed_fma : .UK_CONTRACT_f32_gemm_transposed_muladd,
        parameters: bytes(
          of: uk_f32_gemm_transposed_parameters(
            rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0)),
        inputs: [KernelOperand(a), KernelOperand(packed)],
        rows: rows < 8 ? (depth + 63) / 64 : rows, expected: expected)
      test.scratchBytes = packedBytes(depth: columns, columns: depth)
      test.check()
    }
  }
}
