// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The constants of an integer layer.
package struct QuantizedLayer {
  package var weights: QuantizedWeights

  /// One for each output channel, in float: its unit depends on the input's scale.
  package var bias: [Float]

  package init(weights: QuantizedWeights, bias: [Float]) {
    self.weights = weights
    self.bias = bias
  }

  /// Whether every bias is a number of 32 bits in its units.
  package func biasFits(input: QuantizationParameters) -> Bool {
    zip(bias, weights.scales).allSatisfy { bias, scale in
      Double(bias.magnitude) < 0x1p31 * Double(input.scales[0]) * Double(scale)
    }
  }

  /// The bias in units of input scale times weight scale.
  package func biasData(input: QuantizationParameters) -> TensorData {
    let units = weights.scales.map { Double(input.scales[0]) * Double($0) }
    let levels = zip(bias, units).map { bias, unit in
      Int32(min(max((Double(bias) / unit).rounded(.toNearestOrEven), -0x1p31), 0x1p31 - 1))
    }
    return TensorData(
      Shape([bias.count]), int32: levels,
      quantization: QuantizationParameters(
        axis: 0, scales: units.map { Float($0) },
        zeroPoints: [Int32](repeating: 0, count: bias.count)))
  }
}
