// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of contracts on elements and rows of matrices, `nil` for the others.
func rowRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_map_fma, .UK_CONTRACT_f32_map_muladd: f32Map(parameters)
  case .UK_CONTRACT_s8_softmax: s8Softmax(parameters)
  case .UK_CONTRACT_f32_softmax_fma, .UK_CONTRACT_f32_softmax_muladd: f32Softmax(parameters)
  case .UK_CONTRACT_f32_argmax: argMax(parameters, of: .float32)
  case .UK_CONTRACT_s8_argmax: argMax(parameters, of: .int8)
  case .UK_CONTRACT_f32_reduce: f32Reduce(parameters)
  case .UK_CONTRACT_s8_reduce: s8Reduce(parameters)
  case .UK_CONTRACT_f32_normalize_fma, .UK_CONTRACT_f32_normalize_muladd: f32Normalize(parameters)
  case .UK_CONTRACT_f32_matmul_fma, .UK_CONTRACT_f32_matmul_muladd: f32MatMul(parameters)
  case .UK_CONTRACT_s8_matmul_requant: s8MatMul(parameters)
  case .UK_CONTRACT_f32_attention_fma, .UK_CONTRACT_f32_attention_muladd: f32Attention(parameters)
  case .UK_CONTRACT_f32_detections: detections(parameters)
  default: nil
  }
}

extension uk_reduce_parameters {
  var isValid: Bool {
    let last: uk_reduction = .UK_REDUCTION_PRODUCT
    return outer > 0 && reduced > 0 && inner > 0 && kind <= last.rawValue
  }

  /// Operands: x, y.
  func operands(_ dtype: DType) -> [OperandRequirement?] {
    let outputs = Count(outer) * Count(inner)
    return [
      OperandRequirement(dtype, count: outputs * Count(reduced)),
      OperandRequirement(dtype, count: outputs),
    ]
  }
}

/// Operands: x, y.
private func f32Reduce(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_reduce_parameters.self), p.isValid else { return nil }
  return StepRequirements(rows: Count(p.outer), p.operands(.float32))
}

/// Operands: x, y.
///
/// The sum of distances, each at most 255, must not leave 32 bits.
private func s8Reduce(_ parameters: [UInt8]) -> StepRequirements? {
  let last: uk_reduction = .UK_REDUCTION_MIN
  guard let p = decode(parameters, as: uk_s8_reduce_parameters.self), p.shape.isValid,
    p.shape.kind <= last.rawValue, isInt8(p.input_zero_point), isPositive(p.multiplier),
    p.reserved.0 == 0, p.reserved.1 == 0, p.output.isValid,
    (Count(p.shape.reduced) * 255).checked != nil
  else { return nil }
  return StepRequirements(rows: Count(p.shape.outer), p.shape.operands(.int8))
}

/// Operands: x, scale, bias, y.
private func f32Normalize(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_normalize_parameters.self),
    p.rows > 0, p.columns > 0, p.epsilon >= 0, p.epsilon.isFinite, p.is_centered <= 1
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(.float32, count: count, isOverwritable: true),
      OperandRequirement(.float32, count: Count(p.columns)),
      OperandRequirement(.float32, count: Count(p.columns)),
      OperandRequirement(.float32, count: count),
    ])
}
