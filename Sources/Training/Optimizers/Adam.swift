// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Moving averages of the gradient and its square, both corrected for starting at 0:
/// `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`,
/// `w ← w − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)`.
///
/// With decoupled decay it is AdamW. Sources: Kingma and Ba 2014, arXiv:1412.6980; Loshchilov and
/// Hutter 2017, arXiv:1711.05101.
package struct Adam: Optimizer {
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Float

  package init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  package func update(
    _ update: ParameterUpdate, _ memory: inout OptimizerMemory, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let (oldMean, oldSquares) = (
      memory.numbers("mean", of: update, &builder), memory.numbers("squares", of: update, &builder)
    )
    let mean = try builder.apply(
      Blend(Float(beta1), Float(1 - beta1)), [oldMean, update.gradient],
      name: "\(update.name) mean")
    let squares = try builder.apply(
      BlendSquare(Float(beta2), Float(1 - beta2)), [oldSquares, update.gradient],
      name: "\(update.name) squares")
    builder.update(oldMean, to: mean)
    builder.update(oldSquares, to: squares)
    let rate = try builder.apply(
      Divide(), [update.rate, try memory.correction(of: beta1, &builder)], name: "rate")
    let scale = try builder.apply(
      ReciprocalSquareRoot(), [try memory.correction(of: beta2, &builder)], name: "scale")
    return try update.descent(
      along: mean, rate: rate, squares: squares, scale: scale, epsilon: epsilon, &builder)
  }
}
