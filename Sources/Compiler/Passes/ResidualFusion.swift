// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Lets a convolution or dense layer add another value to its result: the residual of a block.
  ///
  /// The same bits, without the tensor between: the step writes over the residual where that dies.
  /// Of two layers that are added, the later one does it, so that nothing has to live longer. There
  /// is no such step in int16.
  package static let residualFusion = Pass("residual fusion") { (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let add = node.operation as? Add else { return nil }
      let output = graph.type(of: node.outputs[0])
      let candidates = [(0, 1), (1, 0)].sorted { left, right in
        graph.producer(of: node.inputs[left.0]) ?? -1 > graph.producer(of: node.inputs[right.0])
          ?? -1
      }
      for (layer, residual) in candidates where isReadOnce[node.inputs[layer].id] {
        let type = builder.type(of: inputs[layer])
        guard let producer = builder.producer(of: inputs[layer]),
          type.dtype != .int16, builder.constant(inputs[residual]) == nil,
          builder.type(of: inputs[residual]).shape == type.shape,
          let fused = ResidualLayer(
            producer.operation, sum: type.quantization, activation: add.activation),
          // No kernel adds to what stored weights give.
          builder.type(of: producer.inputs[1]).dtype == type.dtype
        else { continue }
        return try builder.add(
          fused, producer.inputs + [inputs[residual]], quantization: output.quantization,
          name: node.name)
      }
      return nil
    }
  }
}
