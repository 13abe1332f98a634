// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: x, y.
///
/// Positions in x may go up and down along the axes; the least and the greatest lie in x.
func stridedCopy(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_strided_copy_parameters.self),
    isElementSize(p.element_bytes), p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let axes = [
    (p.out.0, p.in_stride.0), (p.out.1, p.in_stride.1), (p.out.2, p.in_stride.2),
    (p.out.3, p.in_stride.3), (p.out.4, p.in_stride.4), (p.out.5, p.in_stride.5),
  ]
  var (least, greatest) = (Count(p.in_offset), Count(p.in_offset))
  var rows: Count = 1
  for (axis, (extent, stride)) in axes.enumerated() {
    guard extent > 0 else { return nil }
    let reach = Count.reach(extent, pitch: stride.magnitude)
    if stride < 0 {
      guard reach <= least else { return nil }
      least = Count(least.value - reach.value)
    } else {
      greatest = greatest + reach
    }
    if axis < 5 { rows = rows * Count(extent) }
  }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: Int(p.element_bytes))
  let size = Count(p.element_bytes)
  return StepRequirements(
    rows: rows,
    [
      OperandRequirement(elements, bytes: (greatest + 1) * size),
      OperandRequirement(elements, bytes: rows * Count(p.out.5) * size),
    ])
}

/// Operands: x, indices, y.
func gather(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_gather_parameters.self),
    let index = indexDType(byteCount: p.index_bytes), p.outer > 0, p.extent > 0, p.count > 0,
    p.repeat > 0, p.outer % p.repeat == 0, p.run_bytes > 0, p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: nil)
  let rows = Count(p.outer) * Count(p.count)
  return StepRequirements(
    rows: rows,
    [
      OperandRequirement(
        elements, bytes: Count(p.outer) * Count(p.extent) * Count(p.run_bytes)),
      OperandRequirement(index, count: Count(p.outer / p.repeat) * Count(p.count)),
      OperandRequirement(elements, bytes: rows * Count(p.run_bytes)),
    ])
}

/// Operands: x, indices, y.
func gatherND(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_gather_nd_parameters.self),
    let index = indexDType(byteCount: p.index_bytes), p.batch > 0, p.count > 0,
    (1...8).contains(p.depth), p.run_bytes > 0,
    p.reserved.0 == 0, p.reserved.1 == 0, p.reserved.2 == 0
  else { return nil }
  let extents = [
    p.extents.0, p.extents.1, p.extents.2, p.extents.3,
    p.extents.4, p.extents.5, p.extents.6, p.extents.7,
  ]
  var elementCount = Count(p.batch)
  for (axis, extent) in extents.enumerated() {
    guard (extent > 0) == (axis < p.depth) else { return nil }
    if axis < p.depth { elementCount = elementCount * Count(extent) }
  }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: nil)
  let rows = Count(p.batch) * Count(p.count)
  return StepRequirements(
    rows: rows,
    [
      OperandRequirement(elements, bytes: elementCount * Count(p.run_bytes)),
      OperandRequirement(index, count: rows * Count(p.depth)),
      OperandRequirement(elements, bytes: rows * Count(p.run_bytes)),
    ])
}

/// Operands: a, b, condition, y.
func select(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_select_parameters.self), isElementSize(p.element_bytes),
    isBroadcast(p.extents, p.a), isBroadcast(p.extents, p.b),
    isBroadcast(p.extents, p.condition),
    p.reserved.0 == 0, p.reserved.1 == 0, p.reserved.2 == 0
  else { return nil }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: Int(p.element_bytes))
  let size = UInt64(p.element_bytes)
  let rows = broadcastRows(p.extents)
  let condition = broadcastOperand(.exactly(.bool), 1, p.extents, p.condition)
  return StepRequirements(
    rows: rows,
    [
      broadcastOperand(elements, size, p.extents, p.a),
      broadcastOperand(elements, size, p.extents, p.b),
      condition.flatMap { $0.notOverwritable },
      OperandRequirement(elements, bytes: rows * Count(p.extents.3) * Count(size)),
    ])
}

/// The dtype of indices of this size; `nil` when there is none.
func indexDType(byteCount: UInt32) -> DType? {
  switch byteCount {
  case 4: .int32
  case 8: .int64
  default: nil
  }
}
