// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

extension uk_f32_matmul_parameters {
  /// The rows and the operands a, b, y; `nil` when the extents are not valid.
  fileprivate func products(_ dtype: DType) -> (rows: Count, operands: [OperandRequirement?])? {
    guard outer > 0, inner > 0, rows > 0, columns > 0, depth > 0, is_transposed <= 1,
      reserved.0 == 0, reserved.1 == 0
    else { return nil }
    func reach(_ outerPitch: UInt32, _ innerPitch: UInt32) -> Count {
      Count.reach(outer, pitch: outerPitch) + .reach(inner, pitch: innerPitch)
    }
    let allRows = Count(outer) * Count(inner) * Count(rows)
    let left = reach(a_outer, a_inner) + Count(rows) * Count(depth)
    let right = reach(b_outer, b_inner) + Count(depth) * Count(columns)
    return (
      allRows,
      [
        OperandRequirement(dtype, count: left), OperandRequirement(dtype, count: right),
        OperandRequirement(dtype, count: allRows * Count(columns)),
      ]
    )
  }
}

/// Operands: a, b, y.
func f32MatMul(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_matmul_parameters.self),
    let products = p.products(.float32)
  else { return nil }
  return StepRequirements(
    rows: products.rows, scratchBytes: unsafe scratch(p, uk_f32_matmul_scratch_bytes),
    products.operands)
}

/// Operands: a, b, y.
func s8MatMul(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_matmul_parameters.self),
    let products = p.shape.products(.int8), isInt8(p.a_zero_point), isInt8(p.b_zero_point),
    isPositive(p.scale), p.reserved == 0, p.output.isValid
  else { return nil }
  return StepRequirements(
    rows: products.rows, scratchBytes: unsafe scratch(p, uk_s8_matmul_requant_scratch_bytes),
    products.operands)
}

/// Operands: q, k, v, mask, y.
func f32Attention(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_attention_parameters.self),
    p.batch > 0, p.heads > 0, p.key_heads > 0, p.rows > 0, p.keys > 0, p.depth > 0,
    p.value_depth > 0, p.heads % p.key_heads == 0, p.rows_first <= 15, p.mask_axes <= 15,
    p.is_causal == 0 || (p.is_causal == 1 && p.keys >= p.rows), p.zeroes_nan <= 1,
    p.scale.isFinite
  else { return nil }
  let rows = Count(p.batch) * Count(p.heads) * Count(p.rows)
  let keys = Count(p.batch) * Count(p.key_heads) * Count(p.keys)
  var mask: Count = 1
  for (axis, extent) in [p.batch, p.heads, p.rows, p.keys].enumerated()
  where p.mask_axes >> UInt32(axis) & 1 == 1 { mask = mask * Count(extent) }
  return StepRequirements(
    rows: rows, scratchBytes: unsafe scratch(p, uk_f32_attention_scratch_bytes),
    [
      OperandRequirement(.float32, count: rows * Count(p.depth)),
      OperandRequirement(.float32, count: keys * Count(p.depth)),
      OperandRequirement(.float32, count: keys * Count(p.value_depth)),
      OperandRequirement(.float32, count: mask),
      OperandRequirement(.float32, count: rows * Count(p.value_depth)),
    ])
}
