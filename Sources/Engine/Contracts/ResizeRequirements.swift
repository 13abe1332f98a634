// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a resizing contract; `nil` for the others.
func resizeRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_xx_resize_nearest: nearestResize(parameters)
  case .UK_CONTRACT_s8_resize_bilinear: bilinearResize(parameters, .int8)
  case .UK_CONTRACT_f32_resize_bilinear_fma, .UK_CONTRACT_f32_resize_bilinear_muladd:
    bilinearResize(parameters, .float32)
  default: nil
  }
}

/// Operands: x, row table, column table, y.
///
/// An entry is a 32-bit source row or column.
private func nearestResize(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_resize_parameters.self), p.isValid else { return nil }
  return p.requirements(
    .sameAsFirst(byteCount: Int(p.element_bytes)), entryBytes: 4,
    rowTable: .indices(limit: p.in_height), columnTable: .indices(limit: p.in_width))
}

/// Operands: x, row table, column table, y.
///
/// An entry is a `uk_resize_tap`.
private func bilinearResize(_ parameters: [UInt8], _ dtype: DType) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_resize_parameters.self), p.isValid,
    Int(p.element_bytes) == dtype.byteCount
  else { return nil }
  return p.requirements(
    .exactly(dtype), entryBytes: Count(MemoryLayout<uk_resize_tap>.size),
    rowTable: .taps(limit: p.in_height), columnTable: .taps(limit: p.in_width))
}

extension uk_resize_parameters {
  fileprivate var isValid: Bool {
    batch > 0 && in_height > 0 && in_width > 0 && channels > 0 && out_height > 0 && out_width > 0
      && isElementSize(element_bytes) && reserved == 0
  }

  fileprivate func requirements(
    _ elements: OperandRequirement.Elements, entryBytes: Count,
    rowTable: OperandRequirement.Contents, columnTable: OperandRequirement.Contents
  ) -> StepRequirements? {
    let pixelBytes = Count(channels) * Count(element_bytes)
    return StepRequirements(
      rows: Count(batch) * Count(out_height),
      [
        OperandRequirement(
          elements, rowCount: Count(batch) * Count(in_height),
          rowBytes: Count(in_width) * pixelBytes),
        OperandRequirement(.untyped, bytes: Count(out_height) * entryBytes, contents: rowTable),
        OperandRequirement(.untyped, bytes: Count(out_width) * entryBytes, contents: columnTable),
        OperandRequirement(
          elements, rowCount: Count(batch) * Count(out_height),
          rowBytes: Count(out_width) * pixelBytes),
      ])
  }
}
