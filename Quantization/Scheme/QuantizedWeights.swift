// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Weights of a layer in int8: symmetric, one scale for each output channel, levels −127 to 127.
package struct QuantizedWeights: Sendable {
  /// In the order of the float weights.
  package var levels: [Int8]

  /// One for each output channel; normal numbers.
  package let scales: [Float]

  package let shape: Shape

  /// The axis that counts output channels.
  package let axis: Int

  /// Which output channel an element belongs to.
  package func channel(of index: Int) -> Int { index / shape.strides[axis] % shape[axis] }

  /// Rounds weights to the nearest level of given scales.
  package init(_ weights: [Float], shape: Shape, axis: Int, scales: [Float]) {
    self.shape = shape
    self.axis = axis
    self.scales = scales
    levels = []
    levels = weights.indices.map { index in
      let scale = Double(scales[channel(of: index)])
      let level = (Double(weights[index]) / scale).rounded(.toNearestOrEven)
      return Int8(min(max(level, -127), 127))
    }
  }

  /// The levels with their scales.
  package var data: TensorData {
    TensorData(
      shape, int8: levels,
      quantization: QuantizationParameters(
        axis: axis, scales: scales, zeroPoints: [Int32](repeating: 0, count: scales.count)))
  }

  /// What the levels stand for.
  var reals: [Double] {
    levels.indices.map { Double(levels[$0]) * Double(scales[channel(of: $0)]) }
  }
}

/// The greatest magnitude of each output channel.
package func channelMagnitudes(_ weights: [Float], shape: Shape, axis: Int) -> [Float] {
  let (stride, channels) = (shape.strides[axis], shape[axis])
  var magnitudes = [Float](repeating: 0, count: channels)
  for (index, weight) in weights.enumerated() {
    let channel = index / stride % channels
    magnitudes[channel] = max(magnitudes[channel], weight.magnitude)
  }
  return magnitudes
}

/// The scale that maps a magnitude to 127; `nil` for zeros, or numbers too small for a normal
/// scale.
package func symmetricScale(_ magnitude: Float) -> Float? {
  let scale = Float(Double(magnitude) / 127)
  return scale.isNormal ? scale : nil
}
