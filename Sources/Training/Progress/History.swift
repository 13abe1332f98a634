// SPDX-License-Identifier: Apache-2.0

/// What came of every step and epoch of a training.
package struct History: Hashable, Sendable {
  package struct Step: Hashable, Sendable {
    package let loss: Double
    package let rate: Double

    package init(loss: Double, rate: Double) {
      (self.loss, self.rate) = (loss, rate)
    }
  }

  /// The norms of one weight in the last step of an epoch.
  package struct Layer: Hashable, Sendable {
    package let name: String
    package let gradient: Double
    /// Before the step.
    package let weight: Double

    package init(name: String, gradient: Double, weight: Double) {
      (self.name, self.gradient, self.weight) = (name, gradient, weight)
    }
  }

  package struct Epoch: Hashable, Sendable {
    /// The mean of its steps' losses.
    package let trainingLoss: Double
    /// Absent without validation.
    package let validationLoss: Double?
    package let metric: Double?
    /// The rate of its last step.
    package let rate: Double
    package let layers: [Layer]

    package init(
      trainingLoss: Double, validationLoss: Double?, metric: Double?, rate: Double, layers: [Layer]
    ) {
      (self.trainingLoss, self.validationLoss) = (trainingLoss, validationLoss)
      (self.metric, self.rate, self.layers) = (metric, rate, layers)
    }
  }

  /// What `metric` of an epoch is called.
  package let metric: String
  package let stepsPerEpoch: Int
  package private(set) var steps: [Step] = []
  package private(set) var epochs: [Epoch] = []
  /// Counted from 0.
  package var bestEpoch: Int?

  package init(metric: String, stepsPerEpoch: Int) {
    (self.metric, self.stepsPerEpoch) = (metric, stepsPerEpoch)
  }

  /// A history that was saved.
  init(
    metric: String, stepsPerEpoch: Int, steps: [Step], epochs: [Epoch], bestEpoch: Int?
  ) {
    (self.metric, self.stepsPerEpoch) = (metric, stepsPerEpoch)
    (self.steps, self.epochs, self.bestEpoch) = (steps, epochs, bestEpoch)
  }

  package mutating func append(_ step: Step) { steps.append(step) }
  package mutating func append(_ epoch: Epoch) { epochs.append(epoch) }
}
