// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension TensorData {
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
}
