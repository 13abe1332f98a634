// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a contract for products with packed weights; `nil` for the others.
func gemmRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_gemm_requant: s8Gemm(parameters)
  case .UK_CONTRACT_f32_gemm_clamp_fma, .UK_CONTRACT_f32_gemm_clamp_muladd: f32Gemm(parameters)
  case .UK_CONTRACT_f32_s8_gemm_dynamic: f32DynamicGemm(parameters)
  case .UK_CONTRACT_f32_w8_gemm_fma, .UK_CONTRACT_f32_w8_gemm_muladd:
    f32StoredGemm(parameters, .int8)
  case .UK_CONTRACT_f32_w4_gemm_fma, .UK_CONTRACT_f32_w4_gemm_muladd:
    f32StoredGemm(parameters, .int4)
  case .UK_CONTRACT_f32_w16_gemm_fma, .UK_CONTRACT_f32_w16_gemm_muladd:
    f32StoredGemm(parameters, .float16)
  case .UK_CONTRACT_f32_gemm_transposed_fma, .UK_CONTRACT_f32_gemm_transposed_muladd:
    f32GemmTransposed(parameters)
  default: nil
  }
}

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

extension uk_f32_gemm_parameters {
  fileprivate var isValid: Bool {
    rows > 0 && columns > 0 && depth > 0 && reserved == 0 && isClamp(min, max)
      && reserved2.0 == 0 && reserved2.1 == 0
  }
}

/// Operands: a, weights, bias, y.
func f32Gemm(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_parameters.self), p.isValid else { return nil }
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

/// Operands: a, weights, bias, scale, y.
private func f32DynamicGemm(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_parameters.self), p.isValid else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.columns)),
    scratchBytes: unsafe scratch(p, uk_f32_s8_gemm_dynamic_scratch_bytes),
    [
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.depth)),
      OperandRequirement(.int8, count: columns * Count(p.depth).padded(to: int8GroupDepth)),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.columns)),
    ])
}

/// How the weights of a float32 product are stored.
private enum StoredWeights {
  /// A scale for each column.
  case int8
  /// Two in a byte, a scale for each column and group along the depth.
  case int4
  /// As their 16 bits.
  case float16
}

/// Operands: a, weights, bias, scale unless they are float16, y.
private func f32StoredGemm(
  _ parameters: [UInt8], _ stored: StoredWeights
) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_parameters.self), p.isValid else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  let depth = Count(p.depth)
  let outputs = Count(p.rows) * Count(p.columns)
  let weights: OperandRequirement?
  let scales: Count?
  switch stored {
  case .int8:
    weights = OperandRequirement(.int8, count: columns * depth.padded(to: int8GroupDepth))
    scales = columns
  case .int4:
    let bytes = (UInt64(p.depth) + 7) / 8 * 4
    let groups = (UInt64(p.depth) + UInt64(UK_INT4_GROUP) - 1) / UInt64(UK_INT4_GROUP)
    weights = OperandRequirement(.uint8, count: columns * Count(bytes))
    scales = columns * Count(groups)
  case .float16:
    weights = OperandRequirement(.float16, count: columns * depth)
    scales = nil
  }
  var operands = [
    OperandRequirement(.float32, count: Count(p.rows) * depth), weights,
    OperandRequirement(.float32, count: columns),
  ]
  if let scales { operands.append(OperandRequirement(.float32, count: scales)) }
  operands.append(OperandRequirement(.float32, count: outputs))
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.columns)),
    scratchBytes: unsafe scratch(p, uk_f32_stored_gemm_scratch_bytes), operands)
}
