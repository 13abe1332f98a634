// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: a, b, y.
func f32MatMul(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_matmul_parameters.self),
    p.outer > 0, p.inner > 0, p.rows > 0, p.columns > 0, p.depth > 0, p.is_transposed <= 1,
    p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  func reach(_ outer: UInt32, _ inner: UInt32) -> Count {
    Count.reach(p.outer, pitch: outer) + .reach(p.inner, pitch: inner)
  }
  let rows = Count(p.outer) * Count(p.inner) * Count(p.rows)
  let left = reach(p.a_outer, p.a_inner) + Count(p.rows) * Count(p.depth)
  let right = reach(p.b_outer, p.b_inner) + Count(p.depth) * Count(p.columns)
  return StepRequirements(
    rows: rows, scratchBytes: unsafe scratch(p, uk_f32_matmul_scratch_bytes),
    [
      OperandRequirement(.float32, count: left), OperandRequirement(.float32, count: right),
      OperandRequirement(.float32, count: rows * Count(p.columns)),
    ])
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
