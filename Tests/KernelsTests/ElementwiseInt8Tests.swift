// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct ElementwiseInt8Tests {
  func check(_ contract: uk_contract, _ element: (Int32, Int32, uk_s8_binary_parameters) -> Float) {
    var random = SplitMix64(seed: 3)
    for columns in awkwardColumns {
      for (index, shape) in broadcasts(rows: 6, columns: columns).enumerated() {
        let a = random.int8s(shape.aCount)
        let b = random.int8s(shape.bCount)
        let p = uk_s8_binary_parameters(
          shape: shape,
          a_zero_point: [-128, 0, 127, -5][index % 4], b_zero_point: [127, 3, -128][index % 3],
          a_scale: [0.5, 0.013, 1e30][index % 3], b_scale: [0.25, 1.7, 1e-30][(index + 1) % 3],
          output: extremeRequantizations[(columns + index) % extremeRequantizations.count])
        KernelCase(
          contract: contract, parameters: bytes(of: p),
          inputs: [KernelOperand(a), KernelOperand(b)],
          rows: 6,
          expected: shape.map {
            let (da, db) = (Int32(a[$0]) - p.a_zero_point, Int32(b[$1]) - p.b_zero_point)
            return requantized(element(da, db, p), p.output)
          },
          overwritableInput: shape.overwritableInput
        ).check()
      }
    }
  }

  @Test func add() {
    check(.UK_CONTRACT_s8_add) { a, b, p in Float(a) * p.a_scale + Float(b) * p.b_scale }
  }

  @Test func multiply() {
    check(.UK_CONTRACT_s8_mul) { a, b, p in Float(a * b) * p.a_scale }
  }

  /// Every pair of stored values, with scales that make many ties.
  @Test func addEveryPair() {
    let values = (Int8.min...Int8.max).map { $0 }
    let shape = uk_broadcast(extents: (1, 1, 256, 256), a: (0, 0, 1, 0), b: (0, 0, 0, 1))
    let p = uk_s8_binary_parameters(
      shape: shape, a_zero_point: 4, b_zero_point: -9, a_scale: 0.5, b_scale: 0.25,
      output: uk_requantize(zero_point: 1, min: -128, max: 127, reserved: 0))
    KernelCase(
      contract: .UK_CONTRACT_s8_add, parameters: bytes(of: p),
      inputs: [KernelOperand(values), KernelOperand(values)], rows: 256,
      expected: shape.map { a, b in
        let (da, db) = (Int32(values[a]) - 4, Int32(values[b]) + 9)
        return requantized(Float(da) * 0.5 + Float(db) * 0.25, p.output)
      }
    ).check()
  }

  @Test(arguments: [uk_contract.UK_CONTRACT_u8_s8_convert, .UK_CONTRACT_s8_u8_convert])
  func convertBetweenSigns(_ contract: uk_contract) {
    var random = SplitMix64(seed: 5)
    for columns in awkwardColumns {
      let x = random.int8s(3 * columns).map { UInt8(bitPattern: $0) }
      KernelCase(
        contract: contract,
        parameters: bytes(
          of: uk_matrix_parameters(rows: 3, columns: UInt32(columns), reserved: (0, 0))),
        inputs: [KernelOperand(x)], rows: 3, expected: x.map { $0 &+ 128 }, overwritableInput: 0
      ).check()
    }
  }

  @Test func lookup() {
    var random = SplitMix64(seed: 4)
    let table = random.int8s(256)
    for columns in awkwardColumns {
      let x = random.int8s(3 * columns)
      KernelCase(
        contract: .UK_CONTRACT_s8_lut,
        parameters: bytes(
          of: uk_matrix_parameters(rows: 3, columns: UInt32(columns), reserved: (0, 0))),
        inputs: [KernelOperand(x), KernelOperand(table)], rows: 3,
        expected: x.map { table[Int($0) + 128] }, overwritableInput: 0
      ).check()
    }
  }
}
