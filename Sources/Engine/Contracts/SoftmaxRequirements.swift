// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: x, table[256] of float32, y.
func s8Softmax(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_softmax_parameters.self),
    p.rows > 0, p.columns > 0, isPositive(p.multiplier), p.reserved == 0, p.output.isValid
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(.int8, count: count, isOverwritable: true),
      OperandRequirement(.float32, count: 256),
      OperandRequirement(.int8, count: count),
    ])
}

/// Operands: x, y.
func f32Softmax(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_softmax_parameters.self),
    p.rows > 0, p.columns > 0, p.beta.isFinite, p.reserved == 0
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(.float32, count: count, isOverwritable: true),
      OperandRequirement(.float32, count: count),
    ])
}
