// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// What a layer's weights cost.
struct LayerCost {
  let node: Int
  let name: String
  let weightCount: Int

  /// How often each weight is used in one run.
  let useCount: Int

  /// Multiply-accumulates of one run.
  var macCount: Int { weightCount * useCount }

  /// How many bytes more its weights take in float.
  var extraBytes: Int { 3 * weightCount }
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
