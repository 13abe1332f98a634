// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a depthwise convolution; `nil` for other contracts.
func depthwiseRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_dwconv_requant: s8Depthwise(parameters, isInPlace: false)
  case .UK_CONTRACT_s8_dwconv_inplace_requant: s8Depthwise(parameters, isInPlace: true)
  case .UK_CONTRACT_f32_dwconv_clamp_fma, .UK_CONTRACT_f32_dwconv_clamp_muladd:
    f32Depthwise(parameters, isInPlace: false)
  case .UK_CONTRACT_f32_dwconv_inplace_clamp_fma, .UK_CONTRACT_f32_dwconv_inplace_clamp_muladd:
    f32Depthwise(parameters, isInPlace: true)
  default: nil
  }
}

/// Operands: x, weights, bias, scale, pad, y.
private func s8Depthwise(_ parameters: [UInt8], isInPlace: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self),
    p.window.isValidDepthwise(isInPlace: isInPlace), p.isValidContraction
  else { return nil }
  let window = p.window
  let scratchBytes =
    isInPlace
    ? unsafe scratch(p, uk_s8_dwconv_inplace_requant_scratch_bytes)
    : unsafe scratch(p, uk_s8_dwconv_requant_scratch_bytes)
  let channels = Count(window.in_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: window.depthwiseRows(isInPlace: isInPlace), scratchBytes: scratchBytes,
    isInPlace: isInPlace,
    [
      window.input(.int8),
      OperandRequirement(.int8, count: window.taps * channels),
      OperandRequirement(.int32, count: channels),
      OperandRequirement(.float32, count: channels),
      OperandRequirement(.int8, count: Count(window.in_channels)),
      window.output(.int8),
    ])
}

/// Operands: x, weights, bias, pad, y.
private func f32Depthwise(_ parameters: [UInt8], isInPlace: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_window_parameters.self), p.isValidConvolution,
    p.window.isValidDepthwise(isInPlace: isInPlace)
  else { return nil }
  let window = p.window
  let scratchBytes =
    isInPlace
    ? unsafe scratch(p, uk_f32_dwconv_inplace_clamp_scratch_bytes)
    : unsafe scratch(p, uk_f32_dwconv_clamp_scratch_bytes)
  let channels = Count(window.in_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: window.depthwiseRows(isInPlace: isInPlace), scratchBytes: scratchBytes,
    isInPlace: isInPlace,
    [
      window.input(.float32),
      OperandRequirement(.float32, count: window.taps * channels),
      OperandRequirement(.float32, count: channels),
      OperandRequirement(.float32, count: Count(window.in_channels)),
      window.output(.float32),
    ])
}

extension uk_window {
  /// Whether each output channel has its input channel and, in place, no output row reaches beyond
  /// the input row of its number: the kernel has copied that row before it is written over.
  fileprivate func isValidDepthwise(isInPlace: Bool) -> Bool {
    guard isValid, in_channels == out_channels else { return false }
    return !isInPlace || (out_height <= in_height && out_width <= in_width)
  }

  /// What threads share: output rows, or blocks of channels when in place.
  fileprivate func depthwiseRows(isInPlace: Bool) -> Count {
    let blocks = Count(in_channels).padded(to: panelColumns).value / panelColumns
    return isInPlace ? Count(blocks) : outputRows
  }
}
