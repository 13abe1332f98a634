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
    let candidates = graph.layerCosts.filter { placement.isInteger[$0.node] }
    let others = Set(graph.nodes.indices.filter { placement.isInteger[$0] })
    let outputs = graph.outputs.map(\.value)
    let meter = try NoiseMeter(
      graph, comparing: outputs, samples, keepingResults: true, pool: pool)
    var found: [LayerSensitivity] = []
    for layer in candidates {
      let alone = keepingFloat(others.subtracting([layer.node]))
      found.append(
        LayerSensitivity(
          node: layer.node, name: layer.name, noise: try meter.noise(of: alone).loudest,
          macCount: layer.macCount, extraBytes: 3 * layer.weightCount))
      progress(found.count, candidates.count)
    }
    return found.sorted { a, b in
      let (left, right) = (a.noise * Double(b.macCount), b.noise * Double(a.macCount))
      return left == right ? a.node < b.node : left > right
    }
  }

  /// Samples of a sensitivity: noise is an average over many elements, so few serve.
  private static let sensitivitySamples = 8
}

/// What a layer's weights cost.
struct LayerCost {
  let node: Int
  let name: String
  let weightCount: Int

  /// How often each weight is used in one run.
  let useCount: Int

  /// Multiply-accumulates of one run.
  var macCount: Int { weightCount * useCount }
}

extension Graph {
  /// How often each weight of a layer is used in one run.
  func outputPositions(of layer: Layer) -> Int {
    type(of: layer.output).shape.elementCount / layer.bias.count
  }

  /// The costs of all layers, in the order they run.
  var layerCosts: [LayerCost] {
    let costs =
      layers.map { layer in
        LayerCost(
          node: layer.node, name: layer.name, weightCount: layer.weights.count,
          useCount: outputPositions(of: layer))
      }
      + recurrentLayers.map { layer in
        let x = type(of: layer.input).shape
        return LayerCost(
          node: layer.node, name: layer.name, weightCount: layer.weightCount,
          useCount: x.elementCount / x.channels)
      }
    return costs.sorted { $0.node < $1.node }
  }
}
