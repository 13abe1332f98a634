// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Folds a batch normalisation into the weights and bias of the layer before it.
  ///
  /// Multiplied out in `Double` and rounded once.
  package static let batchNormalizationFolding = Pass("batch normalization folding") {
    (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let normalization = node.operation as? BatchNormalization,
        isReadOnce[node.inputs[0].id],
        let layer = WeightedLayer(writing: inputs[0], builder), layer.isLinear
      else { return nil }
      let statistics = inputs.dropFirst().compactMap { builder.constant($0) }
      guard statistics.count == 4 else { return nil }
      let (scale, shift) = normalization.affine(
        scale: statistics[0], bias: statistics[1], mean: statistics[2], variance: statistics[3])
      return try layer.followed(byFactors: scale, offsets: shift).add(
        to: &builder, activation: .none, name: node.name)
    }
  }
}
