// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// How a parameter follows its gradient: nodes that compute its new value, and what is remembered
/// from one step to the next.
///
/// One file for each in this folder. All are defined as PyTorch 2 defines them: where ε stands, and
/// that the first step of momentum is the gradient.
package protocol Optimizer: Sendable {
  /// Adds the update of one parameter.
  ///
  /// - Returns: the parameter's new value.
  /// - Throws: `OperatorError`, only by mistake.
  func update(
    _ update: ParameterUpdate, _ memory: inout OptimizerMemory, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value
}

/// A parameter that is to be updated; all values are the builder's.
package struct ParameterUpdate: Sendable {
  package let name: String
  /// The state.
  package let parameter: Value
  /// Of the parameter's shape.
  package let gradient: Value
  /// The learning rate, `[1]`.
  package let rate: Value
  /// What is left of the parameter by decoupled decay, `1 − rate · decay`, `[1]`.
  package let keep: Value

  /// Creates an update.
  package init(name: String, parameter: Value, gradient: Value, rate: Value, keep: Value) {
    self.name = name
    self.parameter = parameter
    self.gradient = gradient
    self.rate = rate
    self.keep = keep
  }

  /// The step of plain descent: `keep · parameter − rate · direction`.
  func descent(
    along direction: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let rates = try builder.apply(Concatenation(axis: 0), [keep, rate], name: "rates")
    return try builder.apply(Descend(), [parameter, direction, rates], name: "\(name) update")
  }

  /// The step where each element has a rate of its own:
  /// `keep · parameter − rate · direction / (scale · √squares + ε)`.
  func descent(
    along direction: Value, rate: Value, squares: Value, scale: Value, epsilon: Float,
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let rates = try builder.apply(Concatenation(axis: 0), [keep, rate, scale], name: "rates")
    return try builder.apply(
      DescendScaled(epsilon: epsilon), [parameter, direction, squares, rates],
      name: "\(name) update")
  }
}

/// The states that optimisers keep beside the parameters.
package struct OptimizerMemory: Sendable {
  /// `1 − βᵗ` of each β that is in use, by its name.
  private var corrections: [String: Value] = [:]

  package init() {}

  /// A state of the parameter's shape.
  func numbers(
    _ what: String, of update: ParameterUpdate, startingAt start: Float = 0,
    _ builder: inout GraphBuilder
  ) -> Value {
    let shape = builder.shape(of: update.parameter)
    return builder.state(
      "\(update.name)/\(what)",
      TensorData(shape, float32: [Float](repeating: start, count: shape.elementCount)))
  }

  /// `1 − βᵗ`, `[1]`, where t counts the steps with this one: what a moving average that started at
  /// 0 must be divided by.
  ///
  /// It grows as `q ← β·q + (1 − β)`, which loses no digits where β is near 1, as `1 − βᵗ` would.
  mutating func correction(
    of beta: Double, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let name = "optimizer/1 - \(beta)^t"
    if let known = corrections[name] { return known }
    let old = builder.state(name, TensorData(Shape([1]), float32: [0]))
    let kept = try builder.scaled(old, by: Float(beta))
    let correction = try builder.sum(kept, builder.scalar(Float(1 - beta)))
    builder.update(old, to: correction)
    corrections[name] = correction
    return correction
  }
}
