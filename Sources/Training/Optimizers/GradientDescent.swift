// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Gradient descent, plain or with momentum: `v ← momentum · v + g`, `w ← w − rate · v`; Nesterov's
/// form goes along `g + momentum · v`.
///
/// Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep
/// learning", as PyTorch's `SGD` writes it.
package struct GradientDescent: Optimizer {
  package var momentum: Float
  package var isNesterov: Bool

  package init(momentum: Float = 0, isNesterov: Bool = false) {
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  package func update(
    _ update: ParameterUpdate, _ memory: inout OptimizerMemory, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    guard momentum != 0 else { return try update.descent(along: update.gradient, &builder) }
    let old = memory.numbers("velocity", of: update, &builder)
    let velocity = try builder.apply(
      Blend(momentum, 1), [old, update.gradient], name: "\(update.name) velocity")
    builder.update(old, to: velocity)
    guard isNesterov else { return try update.descent(along: velocity, &builder) }
    let ahead = try builder.apply(
      Blend(momentum, 1), [velocity, update.gradient], name: "\(update.name) ahead")
    return try update.descent(along: ahead, &builder)
  }
}
