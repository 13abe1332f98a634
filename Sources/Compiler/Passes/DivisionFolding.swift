// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Multiplies by the reciprocals of constants that are powers of two: the same bits, in the time
  /// of a product, and in integers too, which have no quotients.
  package static let divisionFolding = Pass("division folding") { (graph) throws(OperatorError) in
    try graph.withoutDivisions { $0.significand == 1 }
  }
}

extension Graph {
  /// The graph with products in place of quotients by constants whose elements can all be replaced
  /// and have normal reciprocals.
  package func withoutDivisions(
    by canBeReplaced: (Float) -> Bool
  ) throws(OperatorError) -> Graph {
    try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let divide = node.operation as? Divide, let divisor = builder.constant(inputs[1])
      else { return nil }
      let canBeInverted = divisor.float32Values.allSatisfy { value in
        value.isNormal && (1 / value).isNormal && canBeReplaced(value)
      }
      guard canBeInverted else { return nil }
      let factors = TensorData(divisor.type.shape, float32: divisor.float32Values.map { 1 / $0 })
      return try builder.add(
        Multiply(activation: divide.activation),
        [inputs[0], builder.constant(factors, name: name(of: node.inputs[1]))], name: node.name)
    }
  }
}
