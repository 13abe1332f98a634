// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Real numbers as a type stores them; `nil` when one does not fit.
///
/// Quantised types follow the engine's rule: divide by the scale, round to nearest even, add the
/// zero point, saturate. Plain integers take whole numbers of their range only; floats round.
func storedBytes(of values: [Double], as type: TensorType) -> [UInt8]? {
  if let (scale, zeroPoint) = type.quantization?.perTensor {
    switch type.dtype {
    case .int8: return bytes(quantized(values, scale, zeroPoint), as: Int8.self)
    case .uint8: return bytes(quantized(values, scale, zeroPoint), as: UInt8.self)
    case .int16: return bytes(quantized(values, scale, zeroPoint), as: Int16.self)
    case .float32, .float16, .float64, .int32, .int64, .bool: break
    }
  }
  switch type.dtype {
  case .float32: return littleEndianBytes(of: values.map(Float.init))
  case .float64: return littleEndianBytes(of: values)
  case .int8: return exactBytes(of: values, as: Int8.self)
  case .uint8: return exactBytes(of: values, as: UInt8.self)
  case .int16: return exactBytes(of: values, as: Int16.self)
  case .int32: return exactBytes(of: values, as: Int32.self)
  case .int64: return exactBytes(of: values, as: Int64.self)
  case .bool: return values.allSatisfy { $0 == 0 || $0 == 1 } ? values.map { UInt8($0) } : nil
  case .float16: return nil
  }
}

/// `round(value / scale) + zero point`, not yet saturated; NaN becomes the zero point.
private func quantized(_ values: [Double], _ scale: Float, _ zeroPoint: Int32) -> [Float] {
  values.map { value in
    let steps = (Float(value) / scale).rounded(.toNearestOrEven)
    return (steps.isNaN ? 0 : steps) + Float(zeroPoint)
  }
}

private func bytes<Element: FixedWidthInteger & BitwiseCopyable>(
  _ steps: [Float], as dtype: Element.Type
) -> [UInt8] {
  littleEndianBytes(
    of: steps.map { Element(min(max($0, Float(Element.min)), Float(Element.max))) })
}

private func exactBytes<Element: FixedWidthInteger & BitwiseCopyable>(
  of values: [Double], as dtype: Element.Type
) -> [UInt8]? {
  let elements = values.compactMap { Element(exactly: $0) }
  return elements.count == values.count ? littleEndianBytes(of: elements) : nil
}
