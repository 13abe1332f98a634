// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Adds the updates of a step's parameters, each as soon as its gradient is known where the rule
/// allows that.
struct UpdateWriter {
  private let plan: TrainingPlan
  private let rate: Value
  private var memory = OptimizerMemory()

  /// What waits for the norm of all gradients.
  private var waiting: [(name: String, parameter: Value, gradient: Value)] = []

  /// Adds the port of the learning rate.
  init(_ plan: TrainingPlan, _ builder: inout GraphBuilder) throws(OperatorError) {
    self.plan = plan
    rate = builder.input(TrainingPort.rate, TensorType(.float32, Shape([1])))
  }

  /// Adds the update of a parameter, or keeps it for `finish`.
  mutating func add(
    _ name: String, _ parameter: Value, _ gradient: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    guard plan.rule.clipNorm == nil else {
      waiting.append((name, parameter, gradient))
      return
    }
    try write(name, parameter, gradient, &builder)
  }

  /// Adds what waited.
  mutating func finish(_ builder: inout GraphBuilder) throws(OperatorError) {
    guard let limit = plan.rule.clipNorm, !waiting.isEmpty else { return }
    let factor = try plan.rule.normFactor(waiting.map(\.gradient), limit: limit, &builder)
    for (name, parameter, gradient) in waiting {
      try write(name, parameter, try builder.product(gradient, factor), &builder)
    }
    waiting = []
  }

  private mutating func write(
    _ name: String, _ parameter: Value, _ gradient: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    let choice = plan.choices[name] ?? TrainingPlan.Choice()
    var rule = plan.rule
    rule.l1 *= choice.decayFactor
    rule.l2 *= choice.decayFactor
    rule.decay *= choice.decayFactor
    let clipped = try rule.clipped(gradient, &builder)
    let direction = try rule.penalized(clipped, of: parameter, &builder)
    let rate = try builder.scaled(self.rate, by: choice.rateFactor)
    var keep = builder.scalar(1)
    if rule.decay != 0 {
      keep = try builder.sum(keep, try builder.scaled(rate, by: -rule.decay))
    }
    let update = ParameterUpdate(
      name: name, parameter: parameter, gradient: direction, rate: rate, keep: keep)
    builder.update(parameter, to: try rule.optimizer.update(update, &memory, &builder))
  }
}
