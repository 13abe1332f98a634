// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a pooling contract; `nil` for the others.
func poolRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_avgpool: s8Pool(parameters, isAverage: true)
  case .UK_CONTRACT_s8_maxpool: s8Pool(parameters, isAverage: false)
  case .UK_CONTRACT_f32_avgpool_clamp: f32Pool(parameters, isAverage: true)
  case .UK_CONTRACT_f32_maxpool_clamp: f32Pool(parameters, isAverage: false)
  default: nil
  }
}

/// Operands: x, y.
private func s8Pool(_ parameters: [UInt8], isAverage: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_pool_parameters.self),
    p.window.isValidPool, p.output.isValid, isInt8(p.input_zero_point), p.multiplier.isFinite,
    p.counts_padding <= (isAverage ? 1 : 0), p.reserved == 0
  else { return nil }
  if isAverage {
    // Each tap adds at most 255 to the int32 sum; only taps inside the image are added.
    let rows = Count(min(p.window.kernel_height, p.window.in_height))
    let columns = Count(min(p.window.kernel_width, p.window.in_width))
    guard isPositive(p.multiplier), (rows * columns * 255).checked != nil else { return nil }
  }
  return StepRequirements(
    rows: p.window.outputRows, [p.window.input(.int8), p.window.output(.int8)])
}

/// Operands: x, y.
private func f32Pool(_ parameters: [UInt8], isAverage: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_window_parameters.self),
    p.window.isValidPool, isClamp(p.min, p.max), p.counts_padding <= (isAverage ? 1 : 0),
    p.reserved == 0
  else { return nil }
  return StepRequirements(
    rows: p.window.outputRows, [p.window.input(.float32), p.window.output(.float32)])
}

extension uk_window {
  /// Whether every window has at least one tap inside the image, and its tap count fits 31 bits.
  ///
  /// Without dilation the taps of a window are neighbours, so the first and the last window decide.
  var isValidPool: Bool {
    guard isValid, in_channels == out_channels, dilation_height == 1, dilation_width == 1,
      taps.checked != nil
    else { return false }
    return pad_top < kernel_height && pad_left < kernel_width
      && Count.reach(out_height, pitch: stride_height) < Count(in_height) + Count(pad_top)
      && Count.reach(out_width, pitch: stride_width) < Count(in_width) + Count(pad_left)
  }
}
