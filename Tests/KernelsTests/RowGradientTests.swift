// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Sums over rows and gradients along them, against their rules written once more.
@Suite struct RowGradientTests {
  /// Rows around the ends of blocks of 256, and of the eight that kernels read side by side.
  private static let rowCounts = [1, 7, 8, 9, 255, 256, 257, 263, 515, 780]

  private func matrix(_ rows: Int, _ columns: Int) -> [UInt8] {
    bytes(
      of: uk_matrix_parameters(rows: UInt32(rows), columns: UInt32(columns), reserved: (0, 0)))
  }

  /// Each block's sums, in sequence from +0.
  private func blocks(
    _ rows: Int, _ columns: Int, _ step: (_ sum: Float, _ index: Int) -> Float
  ) -> [Float] {
    stride(from: 0, to: rows, by: 256).flatMap { first in
      (0..<columns).map { column in
        (first..<min(first + 256, rows)).reduce(Float(0)) { step($0, $1 * columns + column) }
      }
    }
  }

  @Test func blockSums() {
    var random = SplitMix64(seed: 71)
    for rows in Self.rowCounts {
      for columns in [1, 3, 16, 33, 100] {
        let x = random.floats(rows * columns, special: rows == 257)
        KernelCase(
          contract: .UK_CONTRACT_f32_block_sums, parameters: matrix(rows, columns),
          inputs: [KernelOperand(x)], rows: (rows + 255) / 256,
          expected: blocks(rows, columns) { $0 + x[$1] }
        ).check()
      }
    }
  }

  @Test(arguments: RowTests.classes) func blockProducts(isFused: Bool) {
    var random = SplitMix64(seed: 72)
    for rows in Self.rowCounts {
      for columns in [1, 3, 16, 33, 100] {
        let (p, q) = (random.floats(rows * columns), random.floats(rows * columns))
        let center = random.floats(columns)
        KernelCase(
          contract: isFused
            ? .UK_CONTRACT_f32_block_products_fma : .UK_CONTRACT_f32_block_products_muladd,
          parameters: matrix(rows, columns), inputs: [p, q, center].map { KernelOperand($0) },
          rows: (rows + 255) / 256,
          expected: blocks(rows, columns) {
            multiplyAdd(p[$1], q[$1] - center[$1 % columns], $0, isFused: isFused)
          }
        ).check()
        KernelCase(
          contract: isFused
            ? .UK_CONTRACT_f32_block_squares_fma : .UK_CONTRACT_f32_block_squares_muladd,
          parameters: matrix(rows, columns), inputs: [p, center].map { KernelOperand($0) },
          rows: (rows + 255) / 256,
          expected: blocks(rows, columns) { sum, index in
            let deviation = p[index] - center[index % columns]
            return multiplyAdd(deviation, deviation, sum, isFused: isFused)
          }
        ).check()
      }
    }
  }

  /// Neighbours pairwise, level by level, an odd one carried up.
  @Test func joinBlocks() {
    var random = SplitMix64(seed: 73)
    for count in [1, 2, 3, 4, 5, 6, 7, 11, 64, 101] {
      for columns in [1, 5, 16, 63, 64, 65, 192] {
        let x = random.floats(count * columns, special: count == 6)
        let expected = (0..<columns).map { column -> Float in
          var level = (0..<count).map { x[$0 * columns + column] }
          while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map {
              $0 + 1 < level.count ? level[$0] + level[$0 + 1] : level[$0]
            }
          }
          return level[0] * 0.3
        }
        KernelCase(
          contract: .UK_CONTRACT_f32_join_blocks,
          parameters: bytes(
            of: uk_f32_join_parameters(
              blocks: UInt32(count), columns: UInt32(columns), factor: 0.3, reserved: 0)),
          inputs: [KernelOperand(x)], rows: (columns + 63) / 64, expected: expected
        ).check()
      }
    }
  }

  /// The sum of products along a row as every float reduction takes it.
  private func dot(_ a: [Float], _ b: [Float], isFused: Bool) -> Float {
    var partial = [Float](repeating: 0, count: 32)
    for index in a.indices {
      partial[index % 32] = multiplyAdd(a[index], b[index], partial[index % 32], isFused: isFused)
    }
    return joinedSum(partial)
  }

  @Test(arguments: RowTests.classes) func softmaxGradient(isFused: Bool) {
    var random = SplitMix64(seed: 74)
    for columns in awkwardColumns {
      let (y, dy) = (random.floats(3 * columns), random.floats(3 * columns))
      let expected = stride(from: 0, to: y.count, by: columns).flatMap { start in
        let (y, dy) = (Array(y[start..<start + columns]), Array(dy[start..<start + columns]))
        let sum = dot(y, dy, isFused: isFused)
        return zip(y, dy).map { $0 * ($1 - sum) }
      }
      for overwritten in 0..<2 {
        KernelCase(
          contract: isFused
            ? .UK_CONTRACT_f32_softmax_gradient_fma : .UK_CONTRACT_f32_softmax_gradient_muladd,
          parameters: matrix(3, columns), inputs: [y, dy].map { KernelOperand($0) }, rows: 3,
          expected: expected, overwritableInput: overwritten
        ).check()
      }
    }
  }

  @Test(arguments: RowTests.classes, [true, false])
  func normalizeGradient(isFused: Bool, isCentered: Bool) {
    var random = SplitMix64(seed: 75)
    for columns in awkwardColumns {
      let (x, dy) = (random.floats(3 * columns), random.floats(3 * columns))
      let scale = random.floats(columns)
      let count = Float(columns)
      let expected = stride(from: 0, to: x.count, by: columns).flatMap { start -> [Float] in
        let row = Array(x[start..<start + columns])
        let mean = isCentered ? joinedSum(row) / count : 0
        let deviations = row.map { $0 - mean }
        let variance = dot(deviations, deviations, isFused: isFused) / count
        let factor = 1 / (variance + 1e-3).squareRoot()
        let n = deviations.map { $0 * factor }
        let g = (0..<columns).map { dy[start + $0] * scale[$0] }
        let a = isCentered ? joinedSum(g) / count : 0
        let b = dot(g, n, isFused: isFused) / count
        return (0..<columns).map { multiplyAdd(-b, n[$0], g[$0] - a, isFused: isFused) * factor }
      }
      for overwritten in 0..<2 {
        KernelCase(
          contract: isFused
            ? .UK_CONTRACT_f32_normalize_gradient_fma : .UK_CONTRACT_f32_normalize_gradient_muladd,
          parameters: bytes(
            of: uk_f32_normalize_parameters(
              rows: 3, columns: UInt32(columns), epsilon: 1e-3, is_centered: isCentered ? 1 : 0)),
          inputs: [x, dy, scale].map { KernelOperand($0) }, rows: 3, expected: expected,
          overwritableInput: overwritten
        ).check()
      }
    }
  }
}
