// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of training's contracts that sum over rows or along them, `nil` for the others.
func rowGradientRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_block_sums: blockSums(parameters, inputs: 1, hasCenter: false)
  case .UK_CONTRACT_f32_block_products_fma, .UK_CONTRACT_f32_block_products_muladd:
    blockSums(parameters, inputs: 2, hasCenter: true)
  case .UK_CONTRACT_f32_block_squares_fma, .UK_CONTRACT_f32_block_squares_muladd:
    blockSums(parameters, inputs: 1, hasCenter: true)
  case .UK_CONTRACT_f32_join_blocks: joinBlocks(parameters)
  case .UK_CONTRACT_f32_softmax_gradient_fma, .UK_CONTRACT_f32_softmax_gradient_muladd:
    softmaxGradient(parameters)
  case .UK_CONTRACT_f32_normalize_gradient_fma, .UK_CONTRACT_f32_normalize_gradient_muladd:
    normalizeGradient(parameters)
  default: nil
  }
}

/// Operands: `inputs` matrices, a center of each column where there is one, y.
private func blockSums(_ parameters: [UInt8], inputs: Int, hasCenter: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self),
    p.rows > 0, p.columns > 0, p.reserved == (0, 0)
  else { return nil }
  let blockRows = UInt32(UK_SUM_BLOCK_ROWS)
  let blocks = Count(p.rows / blockRows + (p.rows % blockRows > 0 ? 1 : 0))
  let columns = Count(p.columns)
  let matrix = OperandRequirement(.float32, count: Count(p.rows) * columns)
  let center = hasCenter ? [OperandRequirement(.float32, count: columns)] : []
  return StepRequirements(
    rows: blocks,
    [OperandRequirement?](repeating: matrix, count: inputs) + center
      + [OperandRequirement(.float32, count: blocks * columns)])
}

/// Operands: x, y.
private func joinBlocks(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_join_parameters.self),
    p.blocks > 0, p.columns > 0, p.factor.isFinite, p.reserved == 0
  else { return nil }
  let units = p.columns / 64 + (p.columns % 64 > 0 ? 1 : 0)
  return StepRequirements(
    rows: Count(units),
    [
      OperandRequirement(.float32, count: Count(p.blocks) * Count(p.columns)),
      OperandRequirement(.float32, count: Count(p.columns)),
    ])
}

/// Operands: y, dy, dx; the last may lie on either.
private func softmaxGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self),
    p.rows > 0, p.columns > 0, p.reserved == (0, 0)
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  let input = OperandRequirement(.float32, count: count, isOverwritable: true)
  return StepRequirements(
    rows: Count(p.rows), [input, input, OperandRequirement(.float32, count: count)])
}

/// Operands: x, dy, scale, dx; the last may lie on either of the first two.
private func normalizeGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_normalize_parameters.self),
    p.rows > 0, p.columns > 0, p.epsilon >= 0, p.epsilon.isFinite, p.is_centered <= 1
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  let input = OperandRequirement(.float32, count: count, isOverwritable: true)
  return StepRequirements(
    rows: Count(p.rows),
    [
      input, input, OperandRequirement(.float32, count: Count(p.columns)),
      OperandRequirement(.float32, count: count),
    ])
}
