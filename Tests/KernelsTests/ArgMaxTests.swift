// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct ArgMaxTests {
  /// Every combination of flags and index sizes over shapes with and without vectors and tails.
  private func check<T: BitwiseCopyable>(
    _ contract: uk_contract, _ elements: (inout SplitMix64, Int) -> [T], value: (T) -> Float
  ) {
    var random = SplitMix64(seed: 11)
    for (index, (depth, columns)) in shapes.enumerated() {
      let x = elements(&random, 3 * depth * columns)
      let p = uk_argmax_parameters(
        rows: 3, depth: UInt32(depth), columns: UInt32(columns),
        index_bytes: index % 2 == 0 ? 4 : 8, is_minimum: UInt32(index / 2 % 2),
        takes_last: UInt32(index / 4 % 2), reserved: (0, 0))
      let indices = (0..<3 * columns).map { output in
        expected(
          (0..<depth).map { k in
            value(x[(output / columns * depth + k) * columns + output % columns])
          }, p)
      }
      let bytesOfIndices =
        p.index_bytes == 4
        ? bytes(of: indices.map { Int32($0) }) : bytes(of: indices.map { Int64($0) })
      KernelCase(
        contract: contract, parameters: bytes(of: p), inputs: [KernelOperand(x)], rows: 3,
        expected: bytesOfIndices
      ).check()
    }
  }

  private let shapes = [1, 2, 5, 21].flatMap { depth in
    awkwardColumns.map { (depth, $0) } + [(depth, 1), (depth, 1), (depth, 1)]
  }

  private func expected(_ elements: [Float], _ p: uk_argmax_parameters) -> Int {
    var best = 0
    func key(_ k: Int) -> Float {
      let value = p.is_minimum == 1 ? -elements[k] : elements[k]
      return value.isNaN ? -.infinity : value
    }
    for k in elements.indices.dropFirst()
    where key(k) > key(best) || (p.takes_last == 1 && key(k) == key(best)) { best = k }
    return best
  }

  /// Few values, so that most rows have equals among the largest.
  @Test func float32() {
    check(
      .UK_CONTRACT_f32_argmax,
      { random, count in
        let values: [Float] = [1, 1, -1, 0.5, -0.0, 0, .nan, -.infinity, .infinity]
        return (0..<count).map { _ in values[Int(random.next() % 9)] }
      }, value: { $0 })
  }

  @Test func int8() {
    check(.UK_CONTRACT_s8_argmax, { $0.int8s($1) }, value: { Float($0) })
  }

  /// A thousand rows of one column, as a class map has, and one long row.
  @Test(arguments: [(1000, 21), (1, 4000)]) func lastAxis(rows: Int, depth: Int) {
    var random = SplitMix64(seed: 12)
    let x = random.int8s(rows * depth)
    let p = uk_argmax_parameters(
      rows: UInt32(rows), depth: UInt32(depth), columns: 1, index_bytes: 8, is_minimum: 0,
      takes_last: 0, reserved: (0, 0))
    let indices = (0..<rows).map { row in
      Int64(expected((0..<depth).map { Float(x[row * depth + $0]) }, p))
    }
    KernelCase(
      contract: .UK_CONTRACT_s8_argmax, parameters: bytes(of: p), inputs: [KernelOperand(x)],
      rows: rows, expected: indices
    ).check()
  }
}
