// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension TensorData {
  /// A float32 tensor in integers of a width; of its own range unless parameters are given.
  func quantized(in precision: Precision, _ parameters: QuantizationParameters?) -> TensorData {
    let range = range
    guard precision == .int16 else {
      return quantized(parameters ?? QuantizationParameters(activations: range))
    }
    let magnitude = max(range.upperBound, -range.lowerBound)
    return quantizedWide(parameters ?? QuantizationParameters(magnitude: magnitude))
  }

  /// The least and the greatest element of a float32 tensor.
  var range: ClosedRange<Double> {
    let values = float32Values
    guard let least = values.min(), let greatest = values.max() else { return 0...0 }
    return Double(least)...Double(greatest)
  }

  /// A float32 tensor in int8: rounded to nearest even and saturated.
  package func quantized(_ parameters: QuantizationParameters) -> TensorData {
    let (scale, zeroPoint) = (Double(parameters.scales[0]), Double(parameters.zeroPoints[0]))
    let levels = float32Values.map { value in
      let level = (Double(value) / scale).rounded(.toNearestOrEven) + zeroPoint
      return Int8(min(max(level, -128), 127))
    }
    return TensorData(type.shape, int8: levels, quantization: parameters)
  }

  /// A float32 tensor in int16, the greatest magnitude at 32,767 or −32,767.
  func quantizedWide(_ parameters: QuantizationParameters) -> TensorData {
    let levels = float32Values.map { value in
      let level = (Double(value) / Double(parameters.scales[0])).rounded(.toNearestOrEven)
      return Int16(min(max(level, -32768), 32767))
    }
    return TensorData(
      TensorType(.int16, type.shape, quantization: parameters),
      bytes: littleEndianBytes(of: levels))
  }
}
