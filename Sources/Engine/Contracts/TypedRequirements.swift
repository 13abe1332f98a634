// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// Operands: a, b, y.
func compare(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_typed_binary_parameters.self),
    let dtype = typedDType(p.dtype),
    (uk_relation.UK_EQUAL.rawValue...uk_relation.UK_LESS_EQUAL.rawValue).contains(p.function),
    p.isValid
  else { return nil }
  var operands = p.shape.operands(dtype, output: .bool)
  if dtype.byteCount != 1 { operands = operands.map { $0.flatMap { $0.notOverwritable } } }
  return StepRequirements(rows: p.shape.rows, operands)
}

/// Operands: a, b, y.
func arithmetic(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_typed_binary_parameters.self),
    let dtype = typedDType(p.dtype), p.isValid
  else { return nil }
  let isExtremum =
    p.function == uk_arithmetic.UK_MINIMUM.rawValue
    || p.function == uk_arithmetic.UK_MAXIMUM.rawValue
  let isInteger = dtype == .int32 || dtype == .int64
  guard
    isExtremum
      || (isInteger
        && (uk_arithmetic.UK_ADD.rawValue...uk_arithmetic.UK_DIVIDE.rawValue).contains(p.function))
  else { return nil }
  return StepRequirements(rows: p.shape.rows, p.shape.operands(dtype))
}

/// Operands: x, y.
func cast(_ parameters: [UInt8]) -> StepRequirements? {
  guard let p = decode(parameters, as: uk_cast_parameters.self), p.rows > 0, p.columns > 0,
    let from = typedDType(p.from), let to = typedDType(p.to)
  else { return nil }
  let count = Count(p.rows) * Count(p.columns)
  return StepRequirements(
    rows: Count(p.rows),
    [OperandRequirement(from, count: count), OperandRequirement(to, count: count)])
}

extension uk_typed_binary_parameters {
  fileprivate var isValid: Bool { shape.isValid && reserved.0 == 0 && reserved.1 == 0 }
}

/// The dtype that a parameter names; `nil` when the typed contracts do not take it.
private func typedDType(_ number: UInt32) -> DType? {
  guard let dtype = UInt8(exactly: number).flatMap({ DType(rawValue: $0) }) else { return nil }
  switch dtype {
  case .float32, .int8, .uint8, .int16, .int32, .int64, .bool: return dtype
  case .float16, .float64: return nil
  }
}
