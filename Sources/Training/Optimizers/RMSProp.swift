// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// A rate of its own for each element, from a moving average of its squared gradients:
/// `v ← smoothing · v + (1 − smoothing) · g²`, `w ← w − rate · g / (√v + ε)`.
///
/// Source: Tieleman and Hinton 2012, lecture 6.5, as PyTorch's `RMSprop` writes it.
package struct RMSProp: Optimizer {
  package var smoothing: Double
  package var epsilon: Float
  /// `b ← momentum · b + g / (√v + ε)`, and the parameter follows b.
  package var momentum: Float

  package init(smoothing: Double = 0.99, epsilon: Float = 1e-8, momentum: Float = 0) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
  }

  package func update(
    _ update: ParameterUpdate, _ memory: inout OptimizerMemory, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let old = memory.numbers("squares", of: update, &builder)
    let squares = try builder.apply(
      BlendSquare(Float(smoothing), Float(1 - smoothing)), [old, update.gradient],
      name: "\(update.name) squares")
    builder.update(old, to: squares)
    guard momentum == 0 else {
      let root = try builder.apply(SquareRoot(), [squares])
      let divisor = try builder.sum(root, builder.scalar(epsilon))
      let direction = try builder.apply(Divide(), [update.gradient, divisor])
      let oldVelocity = memory.numbers("velocity", of: update, &builder)
      let velocity = try builder.apply(
        Blend(momentum, 1), [oldVelocity, direction], name: "\(update.name) velocity")
      builder.update(oldVelocity, to: velocity)
      return try update.descent(along: velocity, &builder)
    }
    return try update.descent(
      along: update.gradient, rate: update.rate, squares: squares, scale: builder.scalar(1),
      epsilon: epsilon, &builder)
  }
}
