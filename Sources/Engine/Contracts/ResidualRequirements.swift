// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

// Products and convolutions that add a residual: their own operands, the residual before y.

/// The requirements of a product that adds a residual; `nil` for other contracts.
func residualRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_gemm_requant_add: s8GemmAdd(parameters)
  case .UK_CONTRACT_s8_conv_requant_add: s8ConvolutionAdd(parameters)
  case .UK_CONTRACT_f32_gemm_clamp_add_fma, .UK_CONTRACT_f32_gemm_clamp_add_muladd:
    f32GemmAdd(parameters)
  case .UK_CONTRACT_f32_conv_clamp_add_fma, .UK_CONTRACT_f32_conv_clamp_add_muladd:
    f32ConvolutionAdd(parameters)
  default: nil
  }
}

private func s8GemmAdd(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_gemm_add_parameters.self), p.add.isValid else {
    return nil
  }
  return withResidual(s8Gemm(own(parameters, of: p.product)))
}

private func s8ConvolutionAdd(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_conv_add_parameters.self), p.add.isValid else {
    return nil
  }
  return withResidual(s8Convolution(own(parameters, of: p.product)))
}

private func f32GemmAdd(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_gemm_add_parameters.self), p.add.isValid else {
    return nil
  }
  return withResidual(f32Gemm(own(parameters, of: p.product)))
}

private func f32ConvolutionAdd(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_conv_add_parameters.self), p.add.isValid else {
    return nil
  }
  return withResidual(f32Convolution(own(parameters, of: p.product)))
}

/// The product's requirements and, before the output, a residual of the output's shape that the
/// output may lie on.
private func withResidual(_ product: StepRequirements?) -> StepRequirements? {
  guard let product, let output = product.operands.last else { return nil }
  // Not by conversion: an array of optionals from one of values is a dynamic cast to the compiler.
  var operands = product.operands.map { OperandRequirement?.some($0) }
  operands[operands.count - 1] = output.overwritable
  operands.append(output)
  return StepRequirements(
    rows: Count(product.rows), scratchBytes: Count(product.scratchBytes), operands)
}

/// The first part of a block: the parameters of the product.
private func own<Product>(_ parameters: [UInt8], of product: Product) -> [UInt8] {
  Array(parameters.prefix(MemoryLayout<Product>.size))
}

extension uk_s8_residual {
  fileprivate var isValid: Bool {
    isPositive(scale) && isPositive(residual_scale) && isInt8(residual_zero_point) && reserved == 0
      && output.isValid
  }
}

extension uk_f32_residual {
  fileprivate var isValid: Bool { isClamp(min, max) && reserved.0 == 0 && reserved.1 == 0 }
}
