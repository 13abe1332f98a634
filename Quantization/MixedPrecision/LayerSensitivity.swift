// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// How much noise one layer makes at the outputs, and what it would cost in float.
package struct LayerSensitivity: Sendable {
  /// The position in the prepared graph.
  let node: Int

  package let name: String

  /// Noise for each unit of signal at the noisiest output, when no other layer is in integers.
  package let noise: Double

  /// Multiply-accumulates of one run.
  package let macCount: Int

  /// How many bytes more its weights take in float.
  package let extraBytes: Int
}

extension QuantizationScheme {
  /// What each layer contributes to the noise at the outputs, most for its cost first.
  ///
  /// Each layer by itself is computed in integers, all others in float: contributions of single
  /// layers add up well, for they are small and hardly correlated. Sources: Wu et al. 2020,
  /// arXiv:2004.09602, section 5.2 (sensitivity by single layers); Nagel et al. 2021,
  /// arXiv:2106.08295, section 3.3 (debugging by signal-to-noise). The cost is the time, for
  /// which multiply-accumulates stand.
  func sensitivities(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [LayerSensitivity] {
    let samples = samples.prefix(Self.sensitivitySamples)
    let integers = Set(layers.keys.filter { placement.isInteger[$0] })
    let others = Set(graph.nodes.indices.filter { placement.isInteger[$0] })
    let outputs = graph.outputs.map(\.value)
    let meter = try NoiseMeter(
      graph, comparing: outputs, samples, keepingResults: true, pool: pool)
    var found: [LayerSensitivity] = []
    for layer in graph.layers where integers.contains(layer.node) {
      let alone = keepingFloat(others.subtracting([layer.node]))
      found.append(
        LayerSensitivity(
          node: layer.node, name: layer.name, noise: try meter.noise(of: alone).loudest,
          macCount: layer.weights.count * graph.outputPositions(of: layer),
          extraBytes: 3 * layer.weights.count))
      progress(found.count, integers.count)
    }
    return found.sorted { a, b in
      let (left, right) = (a.noise * Double(b.macCount), b.noise * Double(a.macCount))
      return left == right ? a.node < b.node : left > right
    }
  }

  /// Samples of a sensitivity: noise is an average over many elements, so few serve.
  private static let sensitivitySamples = 8
}

extension Graph {
  /// How often each weight of a layer is used in one run.
  func outputPositions(of layer: Layer) -> Int {
    let channels = layer.bias.count
    return type(of: layer.output).shape.elementCount / channels
  }
}
