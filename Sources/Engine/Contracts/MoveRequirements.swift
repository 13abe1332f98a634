// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: x, y.
func pad(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_pad_parameters.self),
    isElementSize(p.element_bytes), isFill(p.fill, elementBytes: p.element_bytes),
    p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let (input, output) = (extents(p.in), extents(p.out))
  let before = extents(p.before)
  for axis in 0..<4 {
    guard input[axis].value > 0, before[axis] + input[axis] <= output[axis] else { return nil }
  }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: Int(p.element_bytes))
  let size = Count(p.element_bytes)
  return StepRequirements(
    rows: output[0] * output[1],
    [
      OperandRequirement(
        elements, rowCount: input[0] * input[1], rowBytes: input[2] * input[3] * size),
      OperandRequirement(
        elements, rowCount: output[0] * output[1], rowBytes: output[2] * output[3] * size),
    ])
}

/// Operands: x, y.
func transpose(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_transpose_parameters.self),
    isElementSize(p.element_bytes), p.reserved.0 == 0, p.reserved.1 == 0, p.reserved.2 == 0
  else { return nil }
  let output = extents(p.out)
  let stride = extents(p.in_stride)
  var last: Count = 0
  for axis in 0..<4 {
    guard output[axis].value > 0 else { return nil }
    last = last + Count(output[axis].value - 1) * stride[axis]
  }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: Int(p.element_bytes))
  let size = Count(p.element_bytes)
  return StepRequirements(
    rows: output[0] * output[1],
    [
      OperandRequirement(elements, bytes: (last + 1) * size),
      OperandRequirement(
        elements, rowCount: output[0] * output[1], rowBytes: output[2] * output[3] * size),
    ])
}

/// Operands: x, y.
///
/// Runs of the output do not overlap, so that threads may share the rows.
func copy(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_copy_parameters.self),
    p.rows > 0, p.run_bytes > 0, p.rows == 1 || p.out_pitch_bytes >= p.run_bytes,
    p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  func end(offset: UInt32, pitch: UInt32) -> Count {
    Count(offset) + .reach(p.rows, pitch: pitch) + Count(p.run_bytes)
  }
  let elements = OperandRequirement.Elements.sameAsFirst(byteCount: nil)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(
        elements, bytes: end(offset: p.in_offset_bytes, pitch: p.in_pitch_bytes)),
      OperandRequirement(
        elements, bytes: end(offset: p.out_offset_bytes, pitch: p.out_pitch_bytes)),
    ])
}

/// Whether some dtype has elements of this size.
func isElementSize(_ byteCount: UInt32) -> Bool {
  byteCount == 1 || byteCount == 2 || byteCount == 4 || byteCount == 8
}

/// Whether a fill has no bits above its element; eight-byte elements are filled with 0 only.
private func isFill(_ fill: UInt32, elementBytes: UInt32) -> Bool {
  switch elementBytes {
  case 1, 2: fill >> (8 * elementBytes) == 0
  case 4: true
  default: fill == 0
  }
}

private func extents(_ tuple: (UInt32, UInt32, UInt32, UInt32)) -> [Count] {
  [Count(tuple.0), Count(tuple.1), Count(tuple.2), Count(tuple.3)]
}
