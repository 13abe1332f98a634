// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// What training does with single elements, against its rules written once more.
@Suite struct UpdateTests {
  private static let rows = 5

  /// Checks a contract of `whole` operands of the output's size, and one more with `others`: in
  /// place on each of the first.
  func check(
    _ contract: uk_contract, seed: UInt64, whole: Int, others: [[Float]] = [],
    parameters: (_ rows: UInt32, _ columns: UInt32) -> [UInt8],
    _ element: ([Float]) -> Float
  ) {
    var random = SplitMix64(seed: seed)
    for columns in awkwardColumns {
      let inputs = (0..<whole).map { _ in
        random.floats(Self.rows * columns, special: columns % 2 == 1)
      }
      let expected = inputs[0].indices.map { index in element(inputs.map { $0[index] }) }
      for overwritten in 0..<whole {
        KernelCase(
          contract: contract, parameters: parameters(UInt32(Self.rows), UInt32(columns)),
          inputs: (inputs + others).map { KernelOperand($0) }, rows: Self.rows,
          expected: expected, overwritableInput: overwritten
        ).check()
      }
    }
  }

  private func matrix(_ rows: UInt32, _ columns: UInt32) -> [UInt8] {
    bytes(of: uk_matrix_parameters(rows: rows, columns: columns, reserved: (0, 0)))
  }

  @Test(arguments: RowTests.classes) func blend(isFused: Bool) {
    let parameters = { (rows: UInt32, columns: UInt32) in
      bytes(of: uk_f32_blend_parameters(rows: rows, columns: columns, a: 0.9, b: -0.3))
    }
    check(
      isFused ? .UK_CONTRACT_f32_blend_fma : .UK_CONTRACT_f32_blend_muladd, seed: 61, whole: 2,
      parameters: parameters
    ) { multiplyAdd(0.9, $0[0], -0.3 * $0[1], isFused: isFused) }
    check(
      isFused ? .UK_CONTRACT_f32_blend_square_fma : .UK_CONTRACT_f32_blend_square_muladd,
      seed: 62, whole: 2, parameters: parameters
    ) { multiplyAdd(0.9, $0[0], -0.3 * ($0[1] * $0[1]), isFused: isFused) }
  }

  @Test(arguments: RowTests.classes) func descend(isFused: Bool) {
    check(
      isFused ? .UK_CONTRACT_f32_descend_fma : .UK_CONTRACT_f32_descend_muladd, seed: 63,
      whole: 2, others: [[0.99, 0.1]], parameters: matrix
    ) { multiplyAdd(-0.1, $0[1], 0.99 * $0[0], isFused: isFused) }
  }

  @Test(arguments: RowTests.classes) func descendScaled(isFused: Bool) {
    check(
      isFused ? .UK_CONTRACT_f32_descend_scaled_fma : .UK_CONTRACT_f32_descend_scaled_muladd,
      seed: 64, whole: 3, others: [[0.99, 0.1, 1.7]],
      parameters: { rows, columns in
        bytes(
          of: uk_f32_descend_parameters(rows: rows, columns: columns, epsilon: 1e-8, reserved: 0))
      }
    ) { values in
      let size = multiplyAdd(values[2].squareRoot(), 1.7, 1e-8, isFused: isFused)
      return multiplyAdd(-0.1, values[1] / size, 0.99 * values[0], isFused: isFused)
    }
  }

  @Test func clampGradient() {
    for (min, max) in [(0, 6), (-1, 1), (0, Float.infinity)] as [(Float, Float)] {
      check(
        .UK_CONTRACT_f32_clamp_gradient, seed: 65, whole: 2,
        parameters: { rows, columns in
          bytes(of: uk_f32_unary_parameters(rows: rows, columns: columns, min: min, max: max))
        }
      ) { min < $0[1] && $0[1] < max ? $0[0] : 0 }
    }
  }

  @Test(arguments: RowTests.classes) func affinePair(isFused: Bool) {
    var random = SplitMix64(seed: 66)
    for columns in awkwardColumns {
      let matrices = (0..<2).map { _ in random.floats(4 * columns, special: columns % 2 == 1) }
      let vectors = (0..<3).map { _ in random.floats(columns) }
      let expected = (0..<4 * columns).map { index in
        let (a, b, d) = (
          vectors[0][index % columns], vectors[1][index % columns], vectors[2][index % columns]
        )
        return multiplyAdd(
          a, matrices[0][index], multiplyAdd(b, matrices[1][index], d, isFused: isFused),
          isFused: isFused)
      }
      for overwritten in 0..<2 {
        KernelCase(
          contract: isFused
            ? .UK_CONTRACT_f32_affine_pair_fma : .UK_CONTRACT_f32_affine_pair_muladd,
          parameters: matrix(4, UInt32(columns)),
          inputs: (matrices + vectors).map { KernelOperand($0) }, rows: 4, expected: expected,
          overwritableInput: overwritten
        ).check()
      }
    }
  }
}
