// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension ReferenceTensor {
  /// The numbers as a tensor of `type` stores them: rounded to nearest even, integers saturated.
  ///
  /// The inverse of `init(_:)` for every tensor that type can hold. `nil` when a number is
  /// NaN and the type has none.
  package func stored(as type: TensorType) -> TensorData? {
    precondition(type.shape == shape, "the type has the tensor's shape")
    let bytes: [UInt8]? =
      switch type.dtype {
      case .float32: littleEndianBytes(of: values.map { Float($0) })
      case .float64: littleEndianBytes(of: values)
      case .float16: littleEndianBytes(of: values.map { UInt16(float16: $0) })
      case .bool: values.map { $0.rounded() == 0 ? 0 : 1 }
      case .int8: integers(type, as: Int8.self).map(littleEndianBytes)
      case .uint8: integers(type, as: UInt8.self).map(littleEndianBytes)
      case .int16: integers(type, as: Int16.self).map(littleEndianBytes)
      case .int32: integers(type, as: Int32.self).map(littleEndianBytes)
      case .int64: integers(type, as: Int64.self).map(littleEndianBytes)
      }
    return bytes.map { TensorData(type, bytes: $0) }
  }

  private func integers<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: TensorType, as integer: T.Type
  ) -> [T]? {
    let quantization = type.quantization ?? QuantizationParameters(scale: 1, zeroPoint: 0)
    let channels = ScaleMap(quantization, shape)
    var result: [T] = []
    result.reserveCapacity(values.count)
    for (index, real) in values.enumerated() {
      let channel = channels(index)
      let steps = real / Double(quantization.scale(ofChannel: channel))
      let stored =
        steps.rounded(.toNearestOrEven) + Double(quantization.zeroPoint(ofChannel: channel))
      guard !stored.isNaN else { return nil }
      result.append(T(exactly: stored) ?? (stored < 0 ? T.min : T.max))
    }
    return result
  }
}
