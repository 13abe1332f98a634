// SPDX-License-Identifier: Apache-2.0

extension Recipe {
  /// What is made small.
  package enum Loss: Hashable, Sendable {
    case crossEntropy(CrossEntropy)
    /// Of a logit for each output.
    case binaryCrossEntropy
    case meanSquaredError
    case meanAbsoluteError
    /// Quadratic up to an error of `delta`, linear beyond.
    case huber(delta: Double)
    /// Of the targets' distribution from the outputs'.
    case kullbackLeibler
    case hinge
    /// Of anchor, positive and negative, one after the other in a batch.
    case triplet(margin: Double)

    /// As recipes and flags spell it.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case crossEntropy = "cross-entropy"
      case binary, mse, mae, huber, kl, hinge, triplet
    }

    /// The loss of a kind with the defaults of its constants.
    package init(_ kind: Kind) {
      switch kind {
      case .crossEntropy: self = .crossEntropy(CrossEntropy())
      case .binary: self = .binaryCrossEntropy
      case .mse: self = .meanSquaredError
      case .mae: self = .meanAbsoluteError
      case .huber: self = .huber(delta: 1)
      case .kl: self = .kullbackLeibler
      case .hinge: self = .hinge
      case .triplet: self = .triplet(margin: 1)
      }
    }
  }

  package struct CrossEntropy: Hashable, Sendable {
    /// The part of a target that is spread over all classes.
    package var labelSmoothing = 0.0
    package var classWeights = ClassWeights.equal

    package init() {}
  }

  package enum ClassWeights: Hashable, Sendable {
    case equal
    /// `N / (C · n)` for a class with n of N samples.
    case balanced
    /// One for each class.
    case each([Double])
  }
}
