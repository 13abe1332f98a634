// SPDX-License-Identifier: Apache-2.0

extension Recipe {
  /// How weights follow gradients; all constants have PyTorch's defaults, momentum apart.
  package enum Optimizer: Hashable, Sendable {
    case sgd
    case momentum(Double)
    case nesterov(momentum: Double)
    case adagrad(Adagrad)
    case rmsprop(RMSProp)
    case adam(Adam)
    /// Adam whose `decay` is decoupled.
    case adamW(Adam)

    /// As recipes and flags spell it.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
      case sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw
    }

    /// The optimiser of a kind with the defaults of its constants.
    package init(_ kind: Kind) {
      switch kind {
      case .sgd: self = .sgd
      case .momentum: self = .momentum(0.9)
      case .nesterov: self = .nesterov(momentum: 0.9)
      case .adagrad: self = .adagrad(Adagrad())
      case .rmsprop: self = .rmsprop(RMSProp())
      case .adam: self = .adam(Adam())
      case .adamw: self = .adamW(Adam())
      }
    }
  }

  package struct Adagrad: Hashable, Sendable {
    package var epsilon = 1e-10
    /// What the sums of squares begin with.
    package var initialSum = 0.0

    package init() {}
  }

  package struct RMSProp: Hashable, Sendable {
    /// The part of the average of squares that a step keeps.
    package var smoothing = 0.99
    package var epsilon = 1e-8
    package var momentum = 0.0

    package init() {}
  }

  package struct Adam: Hashable, Sendable {
    package var beta1 = 0.9
    package var beta2 = 0.999
    package var epsilon = 1e-8

    package init() {}
  }
}
