// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of training's contracts on elements, `nil` for the others.
///
/// The output may lie on any operand of its size.
func updateRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_affine_pair_fma, .UK_CONTRACT_f32_affine_pair_muladd:
    affinePair(parameters)
  case .UK_CONTRACT_f32_blend_fma, .UK_CONTRACT_f32_blend_muladd,
    .UK_CONTRACT_f32_blend_square_fma, .UK_CONTRACT_f32_blend_square_muladd:
    blend(parameters)
  case .UK_CONTRACT_f32_descend_fma, .UK_CONTRACT_f32_descend_muladd: descend(parameters)
  case .UK_CONTRACT_f32_descend_scaled_fma, .UK_CONTRACT_f32_descend_scaled_muladd:
    descendScaled(parameters)
  case .UK_CONTRACT_f32_clamp_gradient: clampGradient(parameters)
  case .UK_CONTRACT_f32_map_gradient_fma, .UK_CONTRACT_f32_map_gradient_muladd:
    mapGradient(parameters)
  case .UK_CONTRACT_f32_dropout: dropout(parameters)
  default: nil
  }
}

/// `whole` operands of the output's size, those of `others`, and the output.
private func elementwise(
  rows: UInt32, columns: UInt32, whole: Int, others: [OperandRequirement?] = []
) -> StepRequirements? {
  guard rows > 0, columns > 0 else { return nil }
  let count = Count(rows) * Count(columns)
  let inputs = (0..<whole).map { _ in
    OperandRequirement(.float32, count: count, isOverwritable: true)
  }
  return StepRequirements(
    rows: Count(rows), inputs + others + [OperandRequirement(.float32, count: count)])
}

/// Operands: p, q, a, b, d, y.
private func affinePair(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self), p.reserved == (0, 0) else {
    return nil
  }
  let vectors = (0..<3).map { _ in OperandRequirement(.float32, count: Count(p.columns)) }
  return elementwise(rows: p.rows, columns: p.columns, whole: 2, others: vectors)
}

/// Operands: x, z, y.
private func blend(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_blend_parameters.self), p.a.isFinite, p.b.isFinite
  else { return nil }
  return elementwise(rows: p.rows, columns: p.columns, whole: 2)
}

/// Operands: w, g, rates, y.
private func descend(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self), p.reserved == (0, 0) else {
    return nil
  }
  return elementwise(
    rows: p.rows, columns: p.columns, whole: 2, others: [OperandRequirement(.float32, count: 2)])
}

/// Operands: w, m, v, rates, y.
private func descendScaled(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_descend_parameters.self),
    p.epsilon >= 0, p.epsilon.isFinite, p.reserved == 0
  else { return nil }
  return elementwise(
    rows: p.rows, columns: p.columns, whole: 3, others: [OperandRequirement(.float32, count: 3)])
}

/// Operands: dy, y, dx.
private func clampGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_unary_parameters.self), isClamp(p.min, p.max)
  else { return nil }
  return elementwise(rows: p.rows, columns: p.columns, whole: 2)
}

/// Operands: dy, x, dx.
private func mapGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard f32Map(parameters) != nil, let p = decode(parameters, as: uk_f32_map_parameters.self),
    p.exponent > .min
  else { return nil }
  return elementwise(rows: p.rows, columns: p.columns, whole: 2)
}

/// Operands: x, seed, y.
private func dropout(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_dropout_parameters.self), p.factor.isFinite,
    p.reserved == (0, 0, 0)
  else { return nil }
  return elementwise(
    rows: p.rows, columns: p.columns, whole: 1, others: [OperandRequirement(.int32, count: 1)])
}
