// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of the gradient of packed weights; `nil` for other contracts.
func weightGradientRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_gemm_weight_gradient_fma, .UK_CONTRACT_f32_gemm_weight_gradient_muladd:
    gemmWeightGradient(parameters)
  case .UK_CONTRACT_f32_conv_weight_gradient_fma, .UK_CONTRACT_f32_conv_weight_gradient_muladd:
    convolutionWeightGradient(parameters)
  default: nil
  }
}

/// Operands: x, dy, y.
private func gemmWeightGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_transposed_parameters.self),
    p.rows > 0, p.columns > 0, p.depth > 0, p.reserved == 0
  else { return nil }
  return StepRequirements(
    rows: unsafe scratch(p, uk_gemm_weight_gradient_units),
    scratchBytes: unsafe scratch(p, uk_f32_gemm_weight_gradient_scratch_bytes),
    [
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.depth)),
      OperandRequirement(.float32, count: Count(p.rows) * Count(p.columns)),
      OperandRequirement(
        .float32, count: Count(p.columns).padded(to: panelColumns) * Count(p.depth)),
    ])
}

/// Operands: x, dy, y.
///
/// Sums run over all rows of the images, so none is found by number.
private func convolutionWeightGradient(_ parameters: [UInt8]) -> StepRequirements? {
  guard let window = decode(parameters, as: uk_window.self), window.isValid else { return nil }
  let columns = Count(window.out_channels)
  let inputPixels = Count(window.batch) * Count(window.in_height) * Count(window.in_width)
  return StepRequirements(
    rows: unsafe scratch(window, uk_conv_weight_gradient_units),
    scratchBytes: unsafe scratch(window, uk_f32_conv_weight_gradient_scratch_bytes),
    [
      OperandRequirement(.float32, count: inputPixels * Count(window.in_channels)),
      OperandRequirement(
        .float32, count: window.outputRows * Count(window.out_width) * columns),
      OperandRequirement(
        .float32,
        count: columns.padded(to: panelColumns) * window.taps * Count(window.in_channels)),
    ])
}
