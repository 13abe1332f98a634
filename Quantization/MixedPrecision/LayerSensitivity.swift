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
    let references = try FloatResults(graph, outputs, samples, pool)
    var found: [LayerSensitivity] = []
    for layer in candidates {
      let alone = keepingFloat(others.subtracting([layer.node]))
      let noise = try references.noise(of: alone, pool: pool)
      found.append(
        LayerSensitivity(
          node: layer.node, name: layer.name, noise: noise.map(\.ratio).max() ?? 0,
          macCount: layer.weightCount * layer.useCount, extraBytes: 3 * layer.weightCount))
      progress(found.count, candidates.count)
    }
    return found.sorted { a, b in
      let (left, right) = (a.noise * Double(b.macCount), b.noise * Double(a.macCount))
      return left == right ? a.node < b.node : left > right
    }
  }

  /// The scheme with as few layers of a ranking in float as a test asks for; with all of them, when
  /// the test holds for none.
  func keepingFewest<Result>(
    _ ranked: [LayerSensitivity], _ test: (QuantizationScheme) throws -> (Result, holds: Bool)
  ) throws -> (QuantizationScheme, Result, [LayerSensitivity]) {
    var (low, high) = (1, ranked.count)
    func candidate(_ count: Int) -> QuantizationScheme {
      keepingFloat(Set(ranked.prefix(count).map(\.node)))
    }
    var found = try test(candidate(high)).0
    while low < high {
      let middle = (low + high) / 2
      let (result, holds) = try test(candidate(middle))
      if holds { (high, found) = (middle, result) } else { low = middle + 1 }
    }
    return (candidate(high), found, Array(ranked.prefix(high)))
  }

  /// Samples of a sensitivity: noise is an average over many elements, so few serve.
  private static let sensitivitySamples = 8
}

/// What a layer's weights cost.
private struct LayerCost {
  let node: Int
  let name: String
  let weightCount: Int

  /// How often each weight is used in one run.
  let useCount: Int
}

extension Graph {
  /// The costs of all layers, in the order they run.
  fileprivate var layerCosts: [LayerCost] {
    let costs =
      layers.map { layer in
        LayerCost(
          node: layer.node, name: layer.name, weightCount: layer.weights.count,
          useCount: type(of: layer.output).shape.elementCount / layer.bias.count)
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
