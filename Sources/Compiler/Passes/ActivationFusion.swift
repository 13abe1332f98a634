// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators

extension Pass {
  /// Lets the operator before a clamp do the clamping.
  ///
  /// A quantised clamp may only move when no rounding lies between: both outputs have the same
  /// scale and zero point. Rounding is monotonic, so clamping before it or after is then the same.
  package static let activationFusion = Pass("activation fusion") { (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      let type = graph.type(of: node.outputs[0])
      guard let clamp = node.operation as? Clamp, isReadOnce[node.inputs[0].id],
        builder.type(of: inputs[0]) == type, let producer = builder.producer(of: inputs[0]),
        var operation = producer.operation as? any ActivatedOperator
      else { return nil }
      operation.activation = operation.activation.then(clamp.range)
      return try builder.add(
        operation, producer.inputs, quantization: type.quantization, name: node.name)
    }
  }
}
