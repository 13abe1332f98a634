// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a contract on int16 activations; `nil` for the others.
///
/// Sums of products are int64 in two's complement, so no weights, bias or depth can make one
/// undefined; only an average is summed in 32 bits.
func wideRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s16_gemm_requant: wideGemm(parameters)
  case .UK_CONTRACT_s16_conv_requant: wideConvolution(parameters)
  case .UK_CONTRACT_s16_dwconv_requant: wideDepthwise(parameters)
  case .UK_CONTRACT_s16_add, .UK_CONTRACT_s16_mul: wideBinary(parameters)
  case .UK_CONTRACT_s16_avgpool: widePool(parameters, isAverage: true)
  case .UK_CONTRACT_s16_maxpool: widePool(parameters, isAverage: false)
  case .UK_CONTRACT_f32_s16_quantize: wideQuantize(parameters, from: .float32, to: .int16)
  case .UK_CONTRACT_s16_f32_dequantize: wideQuantize(parameters, from: .int16, to: .float32)
  case .UK_CONTRACT_s8_s16_requantize: requantize(parameters, from: .int8, to: .int16)
  case .UK_CONTRACT_s16_s8_requantize: requantize(parameters, from: .int16, to: .int8)
  case .UK_CONTRACT_s16_requantize: requantize(parameters, from: .int16, to: .int16)
  default: nil
  }
}

/// Operands: a, weights, bias, scale, y.
private func wideGemm(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_gemm_parameters.self),
    p.rows > 0, p.columns > 0, p.depth > 0, p.weights_zero_point == 0, p.output.isValidInt16
  else { return nil }
  let columns = Count(p.columns).padded(to: panelColumns)
  return StepRequirements(
    rows: Count(uk_gemm_units(p.rows, p.columns)),
    [
      OperandRequirement(.int16, count: Count(p.rows) * Count(p.depth)),
      OperandRequirement(.int8, count: columns * Count(p.depth).padded(to: int8GroupDepth)),
      OperandRequirement(.int64, count: columns),
      OperandRequirement(.float32, count: columns),
      OperandRequirement(.int16, count: Count(p.rows) * Count(p.columns)),
    ])
}

/// Operands: x, weights, bias, scale, pad, y.
private func wideConvolution(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self), p.isValidWide else {
    return nil
  }
  let depth = Count(p.window.in_channels).padded(to: int8GroupDepth)
  let columns = Count(p.window.out_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: p.window.outputRows,
    scratchBytes: unsafe scratch(p, uk_s16_conv_requant_scratch_bytes),
    p.window.wideOperands(weights: columns * p.window.taps * depth))
}

/// Operands: x, weights, bias, scale, pad, y.
private func wideDepthwise(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_window_parameters.self), p.isValidWide,
    p.window.in_channels == p.window.out_channels
  else { return nil }
  let channels = Count(p.window.in_channels).padded(to: panelColumns)
  return StepRequirements(
    rows: p.window.outputRows,
    scratchBytes: unsafe scratch(p, uk_s16_dwconv_requant_scratch_bytes),
    p.window.wideOperands(weights: p.window.taps * channels))
}

/// Operands: a, b, y.
private func wideBinary(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_binary_parameters.self),
    p.shape.isValid, p.a_zero_point == 0, p.b_zero_point == 0, p.a_scale.isFinite,
    p.b_scale.isFinite, p.output.isValidInt16
  else { return nil }
  return StepRequirements(rows: p.shape.rows, p.shape.operands(.int16))
}

/// Operands: x, y.
private func widePool(_ parameters: [UInt8], isAverage: Bool) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_pool_parameters.self),
    p.window.isValidPool, p.output.isValidInt16, p.input_zero_point == 0, p.multiplier.isFinite,
    p.counts_padding <= (isAverage ? 1 : 0), p.reserved == 0
  else { return nil }
  if isAverage {
    // Each tap adds at most 2¹⁵ to the int32 sum; only taps inside the image are added.
    let rows = Count(min(p.window.kernel_height, p.window.in_height))
    let columns = Count(min(p.window.kernel_width, p.window.in_width))
    guard isPositive(p.multiplier), (rows * columns).value <= 65535 else { return nil }
  }
  return StepRequirements(
    rows: p.window.outputRows, [p.window.input(.int16), p.window.output(.int16)])
}

/// Operands: x, y.
private func wideQuantize(
  _ parameters: [UInt8], from source: DType, to target: DType
) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_quantize_parameters.self),
    p.rows > 0, p.columns > 0, isPositive(p.scale), p.zero_point == 0
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [OperandRequirement(source, count: count), OperandRequirement(target, count: count)])
}

/// Operands: x, y.
private func requantize(
  _ parameters: [UInt8], from source: DType, to target: DType
) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_requantize_parameters.self),
    p.rows > 0, p.columns > 0, isPositive(p.multiplier),
    source == .int8 ? isInt8(p.input_zero_point) : p.input_zero_point == 0,
    target == .int8 ? p.output.isValid : p.output.isValidInt16
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(source, count: count, isOverwritable: source == target),
      OperandRequirement(target, count: count),
    ])
}

extension uk_requantize {
  /// Whether an int16 output may have it.
  fileprivate var isValidInt16: Bool {
    zero_point == 0 && Int16(exactly: min) != nil && Int16(exactly: max) != nil && min <= max
      && reserved == 0
  }
}

extension uk_s8_window_parameters {
  fileprivate var isValidWide: Bool {
    window.isValid && output.isValidInt16 && weights_zero_point == 0 && reserved.0 == 0
      && reserved.1 == 0 && reserved.2 == 0
  }
}

extension uk_window {
  /// x, weights, bias, scale, pad, y.
  fileprivate func wideOperands(weights: Count) -> [OperandRequirement?] {
    let columns = Count(out_channels).padded(to: panelColumns)
    return [
      input(.int16), OperandRequirement(.int8, count: weights),
      OperandRequirement(.int64, count: columns), OperandRequirement(.float32, count: columns),
      OperandRequirement(.int16, count: Count(in_channels)), output(.int16),
    ]
  }
}
