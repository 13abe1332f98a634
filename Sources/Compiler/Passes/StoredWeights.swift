// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Lets float products read the integers that their weights stand for, where kernels can.
  ///
  /// The same bits from a quarter of the bytes: weights become float32 as they are multiplied. That
  /// is faster where reading them is what takes time, for few rows, and costs some for many.
  package static let storedWeights = Pass("stored weights") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.operation is FullyConnected || node.operation is Convolution,
        builder.type(of: inputs[0]).dtype == .float32,
        let (_, sources) = builder.producer(of: inputs[1], as: Dequantize.self),
        let weights = builder.constant(sources[0]), weights.type.dtype == .int8
      else { return nil }
      let operands = [inputs[0], sources[0]] + inputs.dropFirst(2)
      let types = operands.map { builder.type(of: $0) }
      guard (try? node.operation.inferTypes(types)) != nil, areStorable(weights) else {
        return nil
      }
      return try builder.add(node.operation, operands, name: node.name)
    }
  }
}
