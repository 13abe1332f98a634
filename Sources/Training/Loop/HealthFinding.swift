// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong with a training: it cannot go on.
package enum HealthFinding: Hashable, Sendable {
  /// The loss is NaN or infinite.
  case lossNotFinite(step: Int)
  /// Numbers of a parameter or its gradient are NaN or infinite.
  case notFinite(parameter: String, isGradient: Bool, step: Int)
}

extension HealthFinding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .lossNotFinite(let step):
      "step \(step + 1): the loss is not a number any more; "
        + "lower the learning rate, or clip gradients with --clip-norm 1"
    case .notFinite(let parameter, let isGradient, let step):
      "step \(step + 1): \(isGradient ? "the gradient of " : "")\(parameter) is not finite; "
        + "lower the learning rate, or clip gradients with --clip-norm 1"
    }
  }
}
