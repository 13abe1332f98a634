// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// A rate of its own for each element, from the sum of its squared gradients: `s ← s + g²`,
/// `w ← w − rate · g / (√s + ε)`.
///
/// Source: Duchi et al. 2011, "Adaptive Subgradient Methods".
package struct Adagrad: Optimizer {
  package var epsilon: Float
  /// What the sums begin with.
  package var initialSum: Float

  package init(epsilon: Float = 1e-10, initialSum: Float = 0) {
    self.epsilon = epsilon
    self.initialSum = initialSum
  }

  package func update(
    _ update: ParameterUpdate, _ memory: inout OptimizerMemory, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let old = memory.numbers("squares", of: update, startingAt: initialSum, &builder)
    let squares = try builder.apply(
      BlendSquare(1, 1), [old, update.gradient], name: "\(update.name) squares")
    builder.update(old, to: squares)
    return try update.descent(
      along: update.gradient, rate: update.rate, squares: squares, scale: builder.scalar(1),
      epsilon: epsilon, &builder)
  }
}
