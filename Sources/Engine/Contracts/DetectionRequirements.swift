// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: x, y.
///
/// y holds 32-bit or 64-bit indices, one for each row and column of x.
func argMax(_ parameters: [UInt8], of dtype: DType) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_argmax_parameters.self),
    p.rows > 0, p.depth > 0, p.columns > 0, p.index_bytes == 4 || p.index_bytes == 8,
    p.is_minimum <= 1, p.takes_last <= 1, p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let outputs = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(dtype, count: outputs * Count(p.depth)),
      OperandRequirement(p.index_bytes == 4 ? .int32 : .int64, count: outputs),
    ])
}

/// Operands: box encodings, scores, anchors, y.
///
/// One row: whether a box is suppressed depends on all before it.
func detections(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_detection_parameters.self),
    p.boxes > 0, p.encoding_width >= 4, p.classes > 0, p.class_offset <= 1, p.detections > 0,
    p.classes_per_box > 0, p.is_by_class <= 1, (p.detections_per_class > 0) == (p.is_by_class == 1),
    p.score_threshold.isFinite, p.overlap_threshold > 0, p.overlap_threshold <= 1,
    isPositive(p.y_scale), isPositive(p.x_scale), isPositive(p.h_scale), isPositive(p.w_scale),
    p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let boxes = Count(p.boxes)
  let entries = Count(p.detections) * Count(p.classes_per_box)
  return StepRequirements(
    rows: 1, scratchBytes: unsafe scratch(p, uk_f32_detections_scratch_bytes),
    [
      OperandRequirement(.float32, count: boxes * Count(p.encoding_width)),
      OperandRequirement(.float32, count: boxes * (Count(p.classes) + Count(p.class_offset))),
      OperandRequirement(.float32, count: boxes * 4),
      OperandRequirement(.float32, count: entries * 6 + 1),
    ])
}
