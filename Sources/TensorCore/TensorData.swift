// SPDX-License-Identifier: Apache-2.0

/// A tensor's type together with its contents: a weight, an input of a test, a folded constant.
///
/// Contiguous, little-endian, outermost axis first.
package struct TensorData: Hashable, Sendable {
  package let type: TensorType

  /// Exactly `type.byteCount` bytes.
  package let bytes: [UInt8]

  /// Creates a tensor from its stored bytes.
  ///
  /// - Precondition: `bytes.count == type.byteCount`.
  package init(_ type: TensorType, bytes: [UInt8]) {
    precondition(bytes.count == type.byteCount, "byte count must match the type")
    self.type = type
    self.bytes = bytes
  }

  package init(_ shape: Shape, float32 values: [Float]) {
    self.init(TensorType(.float32, shape), bytes: littleEndianBytes(of: values))
  }

  package init(
    _ shape: Shape, int8 values: [Int8], quantization: QuantizationParameters? = nil
  ) {
    self.init(
      TensorType(.int8, shape, quantization: quantization), bytes: littleEndianBytes(of: values))
  }

  package init(
    _ shape: Shape, int32 values: [Int32], quantization: QuantizationParameters? = nil
  ) {
    self.init(
      TensorType(.int32, shape, quantization: quantization), bytes: littleEndianBytes(of: values))
  }

  package init(_ shape: Shape, int64 values: [Int64]) {
    self.init(TensorType(.int64, shape), bytes: littleEndianBytes(of: values))
  }

  /// The same bytes seen with another shape, dtype or quantisation of the same size.
  package func reinterpreted(as type: TensorType) -> TensorData { TensorData(type, bytes: bytes) }

  /// The stored numbers, not dequantised.
  ///
  /// `bool` reads as 0 or 1.
  package var storedValues: [Double] {
    switch type.dtype {
    case .float32: littleEndianArray(bytes, as: Float.self).map(Double.init)
    case .float16: littleEndianArray(bytes, as: UInt16.self).map { Double(float16: $0) }
    case .float64: littleEndianArray(bytes, as: Double.self)
    case .int8: bytes.map { Double(Int8(bitPattern: $0)) }
    case .uint8: bytes.map(Double.init)
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int16: littleEndianArray(bytes, as: Int16.self).map(Double.init)
    case .int32: littleEndianArray(bytes, as: Int32.self).map(Double.init)
    case .int64: littleEndianArray(bytes, as: Int64.self).map(Double.init)
    }
  }

  /// The elements as 32-bit floats, when they are `float32`.
  ///
  /// - Precondition: the dtype is `float32`.
  package var float32Values: [Float] {
    precondition(type.dtype == .float32)
    return littleEndianArray(bytes, as: Float.self)
  }

  /// The elements as 8-bit integers.
  ///
  /// - Precondition: the dtype is `int8`.
  package var int8Values: [Int8] {
    precondition(type.dtype == .int8)
    return littleEndianArray(bytes, as: Int8.self)
  }

  /// The elements as 32-bit integers.
  ///
  /// - Precondition: the dtype is `int32`.
  package var int32Values: [Int32] {
    precondition(type.dtype == .int32)
    return littleEndianArray(bytes, as: Int32.self)
  }

  /// The elements of an `int32` or `int64` tensor as `Int`: shapes, axes, paddings; `nil` for
  /// other dtypes.
  package var indexValues: [Int]? {
    switch type.dtype {
    case .int32: littleEndianArray(bytes, as: Int32.self).map { Int($0) }
    case .int64: littleEndianArray(bytes, as: Int64.self).map { Int($0) }
    case .float32, .float16, .float64, .int8, .uint8, .int16, .bool: nil
    }
  }
}

extension Double {
  /// The value of an IEEE 754 binary16 bit pattern; exact.
  package init(float16 bits: UInt16) {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default:
      let power = Double(sign: .plus, exponent: exponent - 15, significand: 1)
      self = sign * (1 + fraction * 0x1p-10) * power
    }
  }
}

extension UInt16 {
  /// The IEEE 754 binary16 bit pattern nearest to a number, of two the even one; an infinity beyond
  /// 65,519.
  package init(float16 value: Double) {
    let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
    let magnitude = value.magnitude
    guard !value.isNaN else {
      self = 0x7E00
      return
    }
    // The distance of neighbours: 2⁻¹⁰ of the power of two below, 2⁻²⁴ at least.
    let isNormal = magnitude.isFinite && magnitude >= 0x1p-14
    let exponent = isNormal ? Int(magnitude.exponent) : -14
    let steps = (magnitude / Double(sign: .plus, exponent: exponent - 10, significand: 1))
      .rounded(.toNearestOrEven)
    guard exponent <= 15, magnitude.isFinite else {
      self = sign | 0x7C00
      return
    }
    // The leading bit of a normal number's steps counts once into the exponent.
    self = sign | (UInt16(exponent + 14) << 10 &+ UInt16(steps))
  }
}
