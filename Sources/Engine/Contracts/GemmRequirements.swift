// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: a, weights, bias, scale, y.
func s8Gemm(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_gemm_parameters.self),
    p.rows > 0, p.columns > 0, p.depth > 0, isInt8(p.weights_zero_point), p.output.isValid
  else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.columns)),
    scratchBytes: unsafe scratch(p, uk_s8_gemm_requant_scratch_bytes),
    [
      OperandRequirement(.int8, count: Count(p.rows) * Count(p.depth)),
      OperandRequirement(.int8, count: columns * Count(p.depth).padded(to: int8GroupDepth)),
      OperandRequirement(.int32, count: columns),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.int8, count: Count(p.rows) * Count(p.columns)),
    ])
}

/// Operands: a, weights, y.
func f32GemmTransposed(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_transposed_parameters.self),
    p.rows > 0, p.columns > 0, p.depth > 0, p.reserved == 0
  else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.depth)),
    scratchBytes: unsafe scratch(p, uk_f32_gemm_transposed_scratch_bytes),
    [
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.columns)),
      OperandRequirement(.float32, count: columns * Count(p.depth)),
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.depth)),
    ])
}

/// Operands: a, weights, bias, y.
func f32Gemm(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_parameters.self),
    p.rows > 0, p.columns > 0, p.depth > 0, p.reserved == 0, isClamp(p.min, p.max),
    p.reserved2.0 == 0, p.reserved2.1 == 0
  else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.columns)),
    [
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.depth)),
      OperandRequirement(.float32, count: columns * Count(p.depth)),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.columns)),
    ])
}
