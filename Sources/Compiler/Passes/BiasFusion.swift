// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Makes a bias of the constant added to each channel of a layer's output.
  package static let biasFusion = Pass("bias fusion") { (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let add = node.operation as? Add else { return nil }
      for (position, other) in [(0, 1), (1, 0)] where isReadOnce[node.inputs[position].id] {
        guard
          let layer = WeightedLayer(
            writing: inputs[position], builder, keepsWeights: true), layer.isLinear,
          graph.type(of: node.inputs[position]) == graph.type(of: node.outputs[0]),
          let constant = builder.constant(inputs[other]),
          let offsets = constant.channelValues(count: layer.channelCount)
        else { continue }
        return try layer.followed(byOffsets: offsets).add(
          to: &builder, activation: add.activation, name: node.name)
      }
      return nil
    }
  }
}

extension TensorData {
  /// One number for each index of the last axis, when the tensor differs along no other.
  fileprivate func channelValues(count: Int) -> [Double]? {
    guard type.dtype == .float32 else { return nil }
    switch (type.shape.elementCount, type.shape.extents.last ?? 1) {
    case (1, _): return [Double](repeating: storedValues[0], count: count)
    case (count, count): return storedValues
    default: return nil
    }
  }
}
