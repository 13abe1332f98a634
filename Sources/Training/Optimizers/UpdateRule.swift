// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Everything that happens between a gradient and the parameter: clipping, penalties, decay, the
/// optimiser.
package struct UpdateRule: Sendable {
  package var optimizer: any Optimizer

  /// Weight of the sum of magnitudes in what is minimised: `l1 · sign(w)` joins the gradient.
  package var l1: Float = 0

  /// Weight of half the sum of squares: `l2 · w` joins the gradient.
  package var l2: Float = 0

  /// The part of a parameter, by learning rate, that is lost in every step, whatever the gradient.
  package var decay: Float = 0

  /// The largest magnitude of an element of a gradient.
  package var clipValue: Float?

  /// The largest norm of all gradients together; larger ones are scaled down to it.
  ///
  /// No parameter can be updated before all gradients are known, so that all are in memory at once.
  package var clipNorm: Float?

  package init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

  /// The gradient as the optimiser sees it, of one that was clipped by norm already.
  func penalized(
    _ gradient: Value, of parameter: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    var gradient = gradient
    if l2 != 0 { gradient = try builder.apply(Blend(1, l2), [gradient, parameter]) }
    if l1 != 0 {
      gradient = try builder.apply(Blend(1, l1), [gradient, try builder.sign(parameter)])
    }
    return gradient
  }

  /// The gradient with every element within the limit.
  func clipped(_ gradient: Value, _ builder: inout GraphBuilder) throws(OperatorError) -> Value {
    guard let clipValue else { return gradient }
    let range = ActivationRange(min: -clipValue, max: clipValue)
    return try builder.apply(Clamp(range: range), [gradient])
  }

  /// What all gradients are multiplied by, `[1]`: `min(1, limit / (norm + 10⁻⁶))`, as PyTorch's
  /// `clip_grad_norm_`.
  func normFactor(
    _ gradients: [Value], limit: Float, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    var squares = try builder.squaredNorm(gradients[0])
    for gradient in gradients.dropFirst() {
      squares = try builder.sum(squares, try builder.squaredNorm(gradient))
    }
    let norm = try builder.apply(SquareRoot(), [squares])
    let divisor = try builder.sum(norm, builder.scalar(1e-6))
    let factor = try builder.apply(Divide(), [builder.scalar(limit), divisor])
    return try builder.apply(Clamp(range: ActivationRange(min: 0, max: 1)), [factor])
  }
}

extension GraphBuilder {
  /// The sum of squares of all elements, `[1]`.
  mutating func squaredNorm(_ value: Value) throws(OperatorError) -> Value {
    let flat = try reshaped(value, as: Shape([shape(of: value).elementCount]))
    return try apply(Reduce(.sumOfSquares, axes: 0...0), [flat])
  }

  /// −1, 0 or 1; between for magnitudes below 10⁻³⁰.
  fileprivate mutating func sign(_ value: Value) throws(OperatorError) -> Value {
    let large = try scaled(value, by: 1e30)
    return try apply(Clamp(range: ActivationRange(min: -1, max: 1)), [large])
  }
}
