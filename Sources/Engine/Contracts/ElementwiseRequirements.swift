// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// The requirements of a contract on the elements of one or two operands; `nil` for the others.
func elementwiseRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_s8_add, .UK_CONTRACT_s8_mul: s8Binary(parameters)
  case .UK_CONTRACT_s8_lut: s8Lookup(parameters)
  case .UK_CONTRACT_f32_add_clamp, .UK_CONTRACT_f32_sub_clamp, .UK_CONTRACT_f32_mul_clamp,
    .UK_CONTRACT_f32_div_clamp:
    f32Binary(parameters)
  default: unaryRequirements(of: contract, parameters)
  }
}

/// Operands: a, b, y.
private func s8Binary(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_s8_binary_parameters.self),
    p.shape.isValid, isInt8(p.a_zero_point), isInt8(p.b_zero_point), p.a_scale.isFinite,
    p.b_scale.isFinite, p.output.isValid
  else { return nil }
  return StepRequirements(rows: p.shape.rows, p.shape.operands(.int8))
}

/// Operands: a, b, y.
private func f32Binary(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_binary_parameters.self),
    p.shape.isValid, isClamp(p.min, p.max), p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  return StepRequirements(rows: p.shape.rows, p.shape.operands(.float32))
}

/// Operands: x, table[256], y.
private func s8Lookup(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self),
    p.rows > 0, p.columns > 0, p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(.int8, count: count, isOverwritable: true),
      OperandRequirement(.int8, count: 256),
      OperandRequirement(.int8, count: count),
    ])
}

/// The requirements of a float32 contract of one operand and its columns'; `nil` for the others.
private func unaryRequirements(of contract: uk_contract, _ parameters: [UInt8]) -> StepRequirements?
{
  switch contract {
  case .UK_CONTRACT_f32_clamp: f32Unary(parameters, columnOperands: 0)
  case .UK_CONTRACT_f32_prelu: f32Unary(parameters, columnOperands: 1)
  case .UK_CONTRACT_f32_affine_clamp_fma, .UK_CONTRACT_f32_affine_clamp_muladd:
    f32Unary(parameters, columnOperands: 2)
  default: nil
  }
}

/// Operands: x, `columnOperands` vectors with one element for each column, y.
private func f32Unary(_ parameters: [UInt8], columnOperands: Int) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_f32_unary_parameters.self),
    p.rows > 0, p.columns > 0, isClamp(p.min, p.max)
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  var operands = [OperandRequirement(.float32, count: count, isOverwritable: true)]
  for _ in 0..<columnOperands {
    operands.append(OperandRequirement(.float32, count: Count(p.columns)))
  }
  operands.append(OperandRequirement(.float32, count: count))
  return StepRequirements(rows: Count(p.rows), operands)
}

/// Whether the number names a function; they are in sequence.
private func isFunction(_ number: UInt32) -> Bool {
  let functions: (first: uk_f32_function, last: uk_f32_function) =
    (.UK_FUNCTION_SIGMOID, .UK_FUNCTION_ROUND)
  return (functions.first.rawValue...functions.last.rawValue).contains(number)
}

/// Operands: x, y.
func f32Map(_ parameters: [UInt8]) -> StepRequirements? {
  let power: uk_f32_function = .UK_FUNCTION_INTEGER_POWER
  guard let p = decode(parameters, as: uk_f32_map_parameters.self),
    p.rows > 0, p.columns > 0, isFunction(p.function), p.alpha.isFinite, p.beta.isFinite,
    (p.function == power.rawValue) == (p.exponent != 0), p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(.float32, count: count, isOverwritable: true),
      OperandRequirement(.float32, count: count),
    ])
}

/// The requirements of a contract between types; `nil` for the others.
func conversionRequirements(
  of contract: uk_contract, _ parameters: [UInt8]
) -> StepRequirements? {
  switch contract {
  case .UK_CONTRACT_f32_s8_quantize: quantize(parameters, from: .float32, to: .int8)
  case .UK_CONTRACT_s8_f32_dequantize: quantize(parameters, from: .int8, to: .float32)
  case .UK_CONTRACT_u8_s8_convert: convert(parameters, from: .uint8, to: .int8)
  case .UK_CONTRACT_s8_u8_convert: convert(parameters, from: .int8, to: .uint8)
  default: nil
  }
}

/// Operands: x, y; both of one byte an element.
private func convert(
  _ parameters: [UInt8], from source: DType, to target: DType
) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_matrix_parameters.self),
    p.rows > 0, p.columns > 0, p.reserved.0 == 0, p.reserved.1 == 0
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [
      OperandRequirement(source, count: count, isOverwritable: true),
      OperandRequirement(target, count: count),
    ])
}

/// Operands: x, y.
private func quantize(
  _ parameters: [UInt8], from source: DType, to target: DType
) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_quantize_parameters.self),
    p.rows > 0, p.columns > 0, isPositive(p.scale), isInt8(p.zero_point)
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [OperandRequirement(source, count: count), OperandRequirement(target, count: count)])
}
