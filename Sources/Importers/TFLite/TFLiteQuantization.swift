// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Decodes `QuantizationParameters` tables.
enum TFLiteQuantization {
  /// The scales and zero points of a tensor; `nil` when there are none or they mean nothing.
  ///
  /// Converters leave a range or a scale on float tensors and indices; only integers up to 32 bits
  /// are quantised.
  static func decode(
    _ table: FlatTable, of value: ForeignValue, shape: [Int]
  ) throws(ImportError) -> QuantizationParameters? {
    guard case .supported(let dtype) = value.dtype,
      let zeroPointRange = zeroPointRange(of: dtype)
    else { return nil }
    let scales = try table.floats(2)
    guard !scales.isEmpty else { return nil }
    var zeroPoints = try table.ints(3, as: Int64.self)
    func invalid(_ problem: TensorProblem) -> ImportError {
      .tensor(value.name, problem, byteOffset: table.position)
    }
    for scale in scales where !(scale > 0 && scale < .infinity) {
      throw invalid(.scaleNotPositive(scale))
    }
    for zeroPoint in zeroPoints where !zeroPointRange.contains(zeroPoint) {
      throw invalid(.zeroPointOutOfRange(zeroPoint))
    }
    if zeroPoints.count <= 1 {
      zeroPoints = [Int](repeating: zeroPoints.first ?? 0, count: scales.count)
    }
    let axis = try table.int(6, as: Int32.self)
    let isPerChannel = scales.count > 1
    guard !isPerChannel || shape.indices.contains(axis) else {
      throw invalid(.channelAxis(axis, rank: shape.count))
    }
    let channels = isPerChannel ? shape[axis] : 1
    guard scales.count == channels, zeroPoints.count == channels else {
      throw invalid(
        .channelCount(scales: scales.count, zeroPoints: zeroPoints.count, channels: channels))
    }
    return isPerChannel
      ? QuantizationParameters(axis: axis, scales: scales, zeroPoints: zeroPoints.map(Int32.init))
      : QuantizationParameters(scale: scales[0], zeroPoint: Int32(zeroPoints[0]))
  }

  /// The stored values that may mean 0; `nil` for dtypes that are not quantised.
  private static func zeroPointRange(of dtype: DType) -> ClosedRange<Int>? {
    switch dtype {
    case .int8: -128...127
    case .uint8: 0...255
    case .int16: -32768...32767
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .float16, .float32, .float64, .int64, .bool: nil
    }
  }
}
