// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Products of two activations in int8.
@Suite struct MatMulTests {
  /// One shape of the products, two by three of them.
  private struct Problem {
    var rows: Int
    var columns: Int
    var depth: Int
    var isTransposed = false
    /// The three share a right side.
    var repeats = true
    var zeroPoints: (a: Int, b: Int) = (0, 0)
    /// The operands' values; any when it is `nil`.
    var extreme: Int8?
    var output = uk_requantize(zero_point: 0, min: -128, max: 127, reserved: 0)

    func check(_ random: inout SplitMix64) {
      let (rowsTotal, matrix) = (6 * rows, columns * depth)
      let p = uk_s8_matmul_parameters(
        shape: uk_f32_matmul_parameters(
          outer: 2, inner: 3, rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth),
          is_transposed: isTransposed ? 1 : 0, a_outer: UInt32(3 * rows * depth),
          a_inner: UInt32(rows * depth), b_outer: UInt32(repeats ? matrix : 3 * matrix),
          b_inner: UInt32(repeats ? 0 : matrix), reserved: (0, 0)),
        a_zero_point: Int32(zeroPoints.a), b_zero_point: Int32(zeroPoints.b),
        scale: 0.0073 / Float(depth).squareRoot(), reserved: 0, output: output)
      func values(_ count: Int) -> [Int8] {
        extreme.map { [Int8](repeating: $0, count: count) } ?? random.int8s(count)
      }
      let a = values(rowsTotal * depth)
      let b = values((repeats ? 2 : 6) * matrix)
      let expected = (0..<rowsTotal).flatMap { row in
        let base = row / rows / (repeats ? 3 : 1) * matrix
        return (0..<columns).map { n in
          let sum = (0..<depth).reduce(0) { sum, k in
            let right = b[base + (isTransposed ? n * depth + k : k * columns + n)]
            return sum + (Int(a[row * depth + k]) - zeroPoints.a) * (Int(right) - zeroPoints.b)
          }
          return requantized(Float(Int32(sum)) * p.scale, p.output)
        }
      }
      var test = KernelCase(
        contract: .UK_CONTRACT_s8_matmul_requant, parameters: bytes(of: p),
        inputs: [KernelOperand(a), KernelOperand(b)], rows: rowsTotal, expected: expected)
      test.scratchBytes = scratchBytes
      test.check()
    }

    /// Columns within 32 KiB, packed in groups of 4 with their bias and scale; and rows widened.
    private var scratchBytes: Int {
      let groups = (depth + 3) / 4 * 4
      let room = min(512, 32768 / groups)
      let most = max(16, room < 64 ? room / 16 * 16 : room / 64 * 64)
      let block = min(48, max(8, 24576 / (2 * groups)))
      return min(most, (columns + 15) / 16 * 16) * (groups + 8) + min(rows, block) * 2 * groups
    }
  }

  private static let zeroPoints = [(0, 0), (-128, 127), (127, 0), (0, -128), (-3, 5)]

  /// Tails of every extent, in both orders of the right side.
  @Test(arguments: [true, false]) func everyTail(isTransposed: Bool) {
    var random = SplitMix64(seed: 31)
    for (index, columns) in awkwardColumns.enumerated() {
      for depth in [1, 2, 3, 4, 5, 7, 16, 17, 24, 31, 32, 33, 64] {
        Problem(
          rows: 1 + (index + depth) % 17, columns: columns, depth: depth,
          isTransposed: isTransposed, repeats: depth % 2 == 0,
          zeroPoints: Self.zeroPoints[(index + depth) % Self.zeroPoints.count],
          output: extremeRequantizations[(index + depth) % extremeRequantizations.count]
        ).check(&random)
      }
    }
  }

  /// More columns than are packed at a time, deep sums, more rows than a block holds.
  @Test(arguments: [true, false]) func largeExtents(isTransposed: Bool) {
    var random = SplitMix64(seed: 32)
    for (rows, columns, depth) in [
      (3, 530, 9), (2, 100, 600), (2, 50, 1100), (1, 40, 2100), (140, 36, 32), (130, 20, 127),
    ] {
      Problem(
        rows: rows, columns: columns, depth: depth, isTransposed: isTransposed,
        zeroPoints: (-128, 11)
      ).check(&random)
    }
  }

  /// The largest sums there are.
  @Test(arguments: [-128, 127] as [Int8], [-128, 127]) func extremes(value: Int8, zeroPoint: Int) {
    var random = SplitMix64(seed: 33)
    for depth in [32, 33, 300] {
      Problem(
        rows: 5, columns: 21, depth: depth, zeroPoints: (zeroPoint, zeroPoint), extreme: value,
        output: extremeRequantizations[1]
      ).check(&random)
    }
  }
}
