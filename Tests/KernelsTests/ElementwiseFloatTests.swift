// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct ElementwiseFloatTests {
  /// A contract of two operands and what it means.
  struct Binary: Sendable, CustomStringConvertible {
    let contract: uk_contract
    let description: String
    let apply: @Sendable (Float, Float) -> Float

    static let all = [
      Binary(contract: .UK_CONTRACT_f32_add_clamp, description: "add") { $0 + $1 },
      Binary(contract: .UK_CONTRACT_f32_sub_clamp, description: "sub") { $0 - $1 },
      Binary(contract: .UK_CONTRACT_f32_mul_clamp, description: "mul") { $0 * $1 },
      Binary(contract: .UK_CONTRACT_f32_div_clamp, description: "div") { $0 / $1 },
    ]
  }

  /// Clamp ranges, the first of which lets every number through.
  static let ranges: [(Float, Float)] = [(-.infinity, .infinity), (0, 6), (-1, 1)]

  @Test(arguments: Binary.all) func binary(_ operation: Binary) {
    var random = SplitMix64(seed: 1)
    for columns in awkwardColumns {
      for shape in broadcasts(rows: 6, columns: columns) {
        let a = random.floats(shape.aCount, special: true)
        let b = random.floats(shape.bCount, special: true)
        let (min, max) = Self.ranges[columns % 3]
        KernelCase(
          contract: operation.contract,
          parameters: bytes(
            of: uk_f32_binary_parameters(shape: shape, min: min, max: max, reserved: (0, 0))),
          inputs: [KernelOperand(a), KernelOperand(b)],
          rows: 6,
          expected: shape.map { clamped(operation.apply(a[$0], b[$1]), min, max) },
          overwritableInput: shape.overwritableInput
        ).check()
      }
    }
  }

  /// Checks a contract of one operand and any vectors over the columns.
  func checkUnary(
    _ contract: uk_contract, vectors: Int, clamps: Bool = true,
    _ element: (_ x: Float, _ vectors: [Float], _ min: Float, _ max: Float) -> Float
  ) {
    var random = SplitMix64(seed: 2)
    for columns in awkwardColumns {
      let x = random.floats(4 * columns, special: true)
      let byColumn = (0..<vectors).map { _ in random.floats(columns, special: true) }
      let (min, max) = clamps ? Self.ranges[columns % 3] : (0, 0)
      KernelCase(
        contract: contract,
        parameters: bytes(
          of: uk_f32_unary_parameters(rows: 4, columns: UInt32(columns), min: min, max: max)),
        inputs: [KernelOperand(x)] + byColumn.map { KernelOperand($0) },
        rows: 4,
        expected: x.indices.map { index in
          element(x[index], byColumn.map { $0[index % columns] }, min, max)
        },
        overwritableInput: 0
      ).check()
    }
  }

  @Test func clamp() {
    checkUnary(.UK_CONTRACT_f32_clamp, vectors: 0) { x, _, min, max in clamped(x, min, max) }
  }

  @Test func prelu() {
    checkUnary(.UK_CONTRACT_f32_prelu, vectors: 1, clamps: false) { x, slope, _, _ in
      x > 0 ? x : x * slope[0]
    }
  }

  @Test func affineUnfused() {
    checkUnary(.UK_CONTRACT_f32_affine_clamp_muladd, vectors: 2) { x, vectors, min, max in
      clamped(multiplyAdd(x, vectors[0], vectors[1], isFused: false), min, max)
    }
  }

  @Test(.enabled(if: hasFMA)) func affineFused() {
    checkUnary(.UK_CONTRACT_f32_affine_clamp_fma, vectors: 2) { x, vectors, min, max in
      clamped(multiplyAdd(x, vectors[0], vectors[1], isFused: true), min, max)
    }
  }
}
