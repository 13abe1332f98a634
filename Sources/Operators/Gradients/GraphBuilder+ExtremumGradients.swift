// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension GraphBuilder {
  /// The gradients of a node that takes the larger, or the smaller, of its two operands.
  ///
  /// Of equals each has half, as in PyTorch; where either is NaN both have all.
  package mutating func extremumGradients(
    _ node: DifferentiatedNode, isMaximum: Bool
  ) throws(OperatorError) -> [Value?] {
    let (dy, zero) = (node.outputGradient, scalar(0))
    let isEqual = try apply(Comparison(.equal), node.inputs)
    let share = try apply(Select(), [isEqual, try scaled(dy, by: 0.5), dy])
    return try node.each { (input) throws(OperatorError) in
      let (own, other) = (node.inputs[input], node.inputs[1 - input])
      let isLeft = try apply(Comparison(.less), isMaximum ? [own, other] : [other, own])
      let part = try apply(Select(), [isLeft, zero, share])
      return try summed(part, to: shape(of: own))
    }
  }
}
