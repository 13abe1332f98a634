// SPDX-License-Identifier: Apache-2.0

/// Everything that says how a network is trained: what a recipe file holds, with its defaults.
package struct Recipe: Hashable, Sendable {
  package var loss = Loss.crossEntropy(CrossEntropy())
  package var optimizer = Optimizer.adam(Adam())
  /// The highest learning rate.
  package var learningRate = 1e-3
  package var schedule = LearningRateSchedule.constant
  package var warmUp: WarmUp?
  package var epochs = 10
  /// Samples that make one step.
  package var batch = 32
  /// Samples that are computed at once, whose gradients are summed to a batch; all when absent.
  package var microBatch: Int?

  /// Added to the loss: `l1 · Σ |w|`.
  package var l1 = 0.0
  /// Added to the loss: `l2 / 2 · Σ w²`.
  package var l2 = 0.0
  /// Decoupled: each step takes `rate · decay · w` off a weight.
  package var decay = 0.0
  /// The probability of every dropout of the model; its own when absent.
  package var dropout: Double?
  /// What a gradient's element is clipped to.
  package var clipValue: Double?
  /// What the norm of all gradients is scaled down to.
  package var clipNorm: Double?
  package var earlyStopping: EarlyStopping.Rule?

  package var initialize = Initialize.keep
  package var batchNorm = BatchNorm.train
  /// In the order in which they are applied.
  package var augmentation: [Augmentation] = []
  package var validation = Validation.fraction(0.2)
  package var trainable = Trainable.all
  /// The first group whose pattern fits a weight counts.
  package var groups: [Group] = []
  /// In the order of their epochs.
  package var unfreeze: [Unfreeze] = []
  package var seed: UInt64 = 1
  package var threads = 1
  /// What is shown, and what the best epoch is found by.
  package var metric = Metric.loss
  /// The classes of a new head; the model's own head when absent.
  package var replaceHead: Int?

  package init() {}
}

extension Recipe {
  package enum Initialize: String, Hashable, Sendable, CaseIterable {
    /// The model's own weights.
    case keep
    case he, xavier, orthogonal
  }

  package enum BatchNorm: String, Hashable, Sendable, CaseIterable {
    /// Statistics of each batch; running averages go to the model.
    case train
    /// The model's own statistics, as in inference.
    case frozen
    /// As `train`; after the last step statistics of the whole training set go to the model.
    case reestimate = "re-estimate"
  }

  package enum Validation: Hashable, Sendable {
    /// A part of the samples, of each class alike; 0 for none.
    case fraction(Double)
    /// As many parts, each of which validates once.
    case folds(Int)
    /// Another folder of samples.
    case folder(String)
  }

  package enum Trainable: Hashable, Sendable {
    case all
    case head
    case lastBlock
    /// Weights whose names fit one of these patterns.
    case names([NamePattern])
  }

  /// Weights that learn at another rate.
  package struct Group: Hashable, Sendable {
    package var names: NamePattern
    /// What the learning rate is multiplied by.
    package var rate: Double
  }

  /// What is trained from an epoch on.
  package struct Unfreeze: Hashable, Sendable {
    /// Counted from 1.
    package var epoch: Int
    package var trainable: Trainable
  }

  package enum Metric: String, Hashable, Sendable, CaseIterable {
    case loss, top1, top5, mse

    /// Whether more is better.
    package var isRising: Bool {
      switch self {
      case .top1, .top5: true
      case .loss, .mse: false
      }
    }
  }
}
