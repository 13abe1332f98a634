// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of the gradient of what slides over each channel by itself, or of a gather;
/// `nil` for other contracts.
func windowGradientRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_dwconv_weight_gradient_fma,
    .UK_CONTRACT_f32_dwconv_weight_gradient_muladd:
    depthwiseWeightGradient(parameters)
  case .UK_CONTRACT_f32_dwconv_input_gradient_fma, .UK_CONTRACT_f32_dwconv_input_gradient_muladd:
    depthwiseInputGradient(parameters)
  case .UK_CONTRACT_f32_maxpool_gradient: maxPoolGradient(parameters)
  case .UK_CONTRACT_f32_gather_gradient: gatherGradient(parameters)
  default: nil
  }
}

/// Operands: x, dy, y.
private func depthwiseWeightGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let window = decode(parameters, as: uk_window.self), window.isValid,
    window.in_channels == window.out_channels
  else { return nil }
  return StepRequirements(
    rows: unsafe scratch(window, uk_dwconv_weight_gradient_units),
    scratchBytes: unsafe scratch(window, uk_f32_dwconv_weight_gradient_scratch_bytes),
    [window.wholeInput, window.wholeOutput, window.channelWeights])
}

/// Operands: dy, weights, dx.
private func depthwiseInputGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let window = decode(parameters, as: uk_window.self), window.isValid,
    window.in_channels == window.out_channels
  else { return nil }
  return StepRequirements(
    rows: window.inputRows, [window.wholeOutput, window.channelWeights, window.wholeInput])
}

/// Operands: x, dy, dx.
private func maxPoolGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let window = decode(parameters, as: uk_window.self), window.isValidPool else { return nil }
  return StepRequirements(
    rows: window.inputRows, [window.wholeInput, window.wholeOutput, window.wholeInput])
}

/// Operands: dy, indices, dx.
private func gatherGradient(_ parameters: [UInt8]) -> StepRequirements? {
  // What a gather asks of x, dx is here; its rows are those of x.
  guard let p = decode(parameters, as: uk_gather_parameters.self), gather(parameters) != nil,
    let index = indexDType(byteCount: p.index_bytes), p.run_bytes % 4 == 0
  else { return nil }
  let rows = Count(p.outer) * Count(p.extent)
  let columns = Count(p.run_bytes / 4)
  return StepRequirements(
    rows: rows,
    [
      OperandRequirement(.float32, count: Count(p.outer) * Count(p.count) * columns),
      OperandRequirement(index, count: Count(p.outer / p.repeat) * Count(p.count)),
      OperandRequirement(.float32, count: rows * columns),
    ])
}

extension uk_window {
  fileprivate var inputRows: Count { Count(batch) * Count(in_height) }

  /// The input image, whose rows are not found by number.
  fileprivate var wholeInput: OperandRequirement? {
    OperandRequirement(.float32, count: inputRows * Count(in_width) * Count(in_channels))
  }

  fileprivate var wholeOutput: OperandRequirement? {
    OperandRequirement(.float32, count: outputRows * Count(out_width) * Count(out_channels))
  }

  /// Weights of channels, padded.
  fileprivate var channelWeights: OperandRequirement? {
    OperandRequirement(.float32, count: taps * Count(in_channels).padded(to: panelColumns))
  }
}
