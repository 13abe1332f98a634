// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A bias of more than 2³⁰ in units of the input's scale times the weights': the weights' scale is
/// made wider until it fits.
///
/// The sum of the products is then next to nothing beside the bias, so little is lost.
struct BiasOverflow: Cause {
  static let name = "bias overflow"

  func findings(in evidence: Evidence) -> [Finding] {
    evidence.graph.layers.compactMap { layer in
      guard let quantized = evidence.scheme.layers[layer.node],
        let step = evidence.scheme.activations[layer.input]?.scales[0]
      else { return nil }
      let magnitudes = channelMagnitudes(
        layer.weights, shape: layer.shape, axis: layer.channelAxis)
      var units: [Int: Double] = [:]
      let still = evidence.stillChannels(of: layer)
      for (channel, magnitude) in magnitudes.enumerated()
      where magnitude > 0 && !still.contains(channel) {
        let unit = Double(step) * Double(magnitude) / 127
        let bias = Double(layer.bias[channel].magnitude) / unit
        if bias > 0x1p30 { units[channel] = bias }
      }
      guard let worst = units.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
        return nil
      }
      return Finding(
        cause: Self.name, place: layer.name,
        channels: units.keys.sorted { (units[$1] ?? 0, $0) < (units[$0] ?? 0, $1) },
        severity: .note,
        measure: .init("bias in units of the scales", worst.value), limit: 0x1p30,
        details: [
          .init(
            "levels left to the weights",
            Double(magnitudes[worst.key]) / Double(quantized.weights.scales[worst.key]))
        ],
        advice: "nothing: the scale of its weights was made wider", remedies: [])
    }
  }
}
