// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a convolution, also a transposed one, and of turning its weights; `nil` for
/// other contracts.
func convolutionRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_conv_requant: s8Convolution(parameters)
  case .UK_CONTRACT_s8_conv_runs_requant: s8ConvolutionByRuns(parameters)
  case .UK_CONTRACT_f32_conv_clamp_fma, .UK_CONTRACT_f32_conv_clamp_muladd:
    f32Convolution(parameters)
  case .UK_CONTRACT_s8_tconv_requant: s8TransposedConvolution(parameters)
  case .UK_CONTRACT_f32_tconv_clamp_fma, .UK_CONTRACT_f32_tconv_clamp_muladd:
    f32TransposedConvolution(parameters)
  case .UK_CONTRACT_f32_turn_filters: turnedFilters(parameters)
  default: nil
  }
}

/// Operands: x, weights, bias, scale, pad, y.
func s8Convolution(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self),
    p.window.isValid, p.isValidContraction
  else { return nil }
  let depth = Count(p.window.in_channels).padded(to: int8GroupDepth)
  return s8Convolution(
    p.window, weightsOfColumn: p.window.taps * depth,
    scratchBytes: unsafe scratch(p, uk_s8_conv_requant_scratch_bytes))
}

/// Operands as above; the pixels of a run are neighbours.
private func s8ConvolutionByRuns(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self),
    p.window.isValid, p.window.dilation_height == 1, p.window.dilation_width == 1,
    p.isValidContraction
  else { return nil }
  let run = Count(p.window.kernel_width) * Count(p.window.in_channels)
  return s8Convolution(
    p.window,
    weightsOfColumn: Count(p.window.kernel_height) * run.padded(to: int8GroupDepth),
    scratchBytes: unsafe scratch(p, uk_s8_conv_runs_requant_scratch_bytes))
}

private func s8Convolution(
  _ window: uk_window, weightsOfColumn: Count, scratchBytes: Count
) -> StepRequirements? {
  let columns = Count(window.out_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: window.outputRows, scratchBytes: scratchBytes,
    [
      window.input(.int8),
      OperandRequirement(.int8, count: columns * weightsOfColumn),
      OperandRequirement(.int32, count: columns),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.int8, count: Count(window.in_channels)),
      window.output(.int8),
    ])
}

/// Operands: x, weights, bias, pad, y.
func f32Convolution(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_window_parameters.self), p.isValidConvolution
  else { return nil }
  let window = p.window
  let columns = Count(window.out_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: window.outputRows,
    scratchBytes: unsafe scratch(p, uk_f32_conv_clamp_scratch_bytes),
    [
      window.input(.float32),
      OperandRequirement(
        .float32, count: columns * window.taps * Count(window.in_channels)),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.float32, count: Count(window.in_channels)),
      window.output(.float32),
    ])
}

extension uk_s8_window_parameters {
  /// Whether what is not the window is valid.
  var isValidContraction: Bool {
    output.isValid && isInt8(weights_zero_point) && reserved.0 == 0 && reserved.1 == 0
      && reserved.2 == 0
  }
}

extension uk_f32_window_parameters {
  /// Whether the block is valid for a convolution, which has no use for `counts_padding`.
  var isValidConvolution: Bool {
    window.isValid && isClamp(min, max) && counts_padding == 0 && reserved == 0
  }
}
