// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// What a model is trained for and how: everything that becomes part of the program.
package struct TrainingPlan: Sendable {
  /// What batch normalisation does while a network is trained.
  package enum BatchNormalizationMode: Sendable {
    /// Statistics of the batch; their moving average is what is used afterwards.
    case train(momentum: Float)
    /// The model's statistics.
    case frozen
  }

  /// A parameter that is trained.
  package struct Choice: Sendable {
    /// What the learning rate is multiplied by.
    package var rateFactor: Float = 1
    /// What decay and penalties are multiplied by.
    package var decayFactor: Float = 1

    package init() {}
  }

  package var loss: any Operator

  /// Whether the loss looks at what a softmax or sigmoid at the model's end is of.
  package var takesLogits = true
  package var rule: UpdateRule
  package var batchNormalization = BatchNormalizationMode.train(momentum: 0.1)

  /// The parameters that are trained, by their name.
  package var choices: [String: Choice]

  /// Samples in one run of the program; a step may add up several.
  package var batch: Int

  /// What the loss of each sample counts in what is made small.
  package var sampleWeight: Float = 1

  /// Runs that a step adds up.
  package var microBatches = 1

  package init(
    loss: any Operator, rule: UpdateRule, choices: [String: Choice], batch: Int
  ) {
    self.loss = loss
    self.rule = rule
    self.choices = choices
    self.batch = batch
  }
}
