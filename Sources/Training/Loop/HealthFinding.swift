// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong with a training, found by what observed steps show.
package enum HealthFinding: Hashable, Sendable {
  /// The loss is NaN or infinite.
  case lossNotFinite(step: Int)
  /// Numbers of a parameter or its gradient are NaN or infinite.
  case notFinite(parameter: String, isGradient: Bool, step: Int)
  /// The gradient is so much larger than the parameter that a step throws it away.
  case exploding(parameter: String, ratio: Double, step: Int)
  /// The gradient is so small that nothing is learnt.
  case vanishing(parameter: String, ratio: Double, step: Int)
  /// Units of a layer that gave 0 for every sample of an epoch.
  case dead(layer: String, units: Int, of: Int, epoch: Int)

  /// Whether training goes on.
  package var isFatal: Bool {
    switch self {
    case .lossNotFinite, .notFinite: true
    case .exploding, .vanishing, .dead: false
    }
  }
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
    case .exploding(let parameter, let ratio, let step):
      "step \(step + 1): the gradient of \(parameter) is \(rounded(ratio)) times the parameter; "
        + "lower the learning rate, or clip gradients with --clip-norm 1"
    case .vanishing(let parameter, let ratio, let step):
      "step \(step + 1): the gradient of \(parameter) is \(rounded(ratio)) of the parameter, which "
        + "learns nothing; use ReLU and He initialisation, normalisation, or a shorter network"
    case .dead(let layer, let units, let count, let epoch):
      "epoch \(epoch + 1): \(units) of \(count) units of \(layer) give 0 for every sample; "
        + "lower the learning rate, or initialise the layer anew"
    }
  }

  private func rounded(_ number: Double) -> String {
    guard number.isFinite, number > 0 else { return "\(number)" }
    var (digits, exponent) = (number, 0)
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    let mantissa = (digits * 10).rounded() / 10
    return exponent == 0 ? "\(mantissa)" : "\(mantissa)e\(exponent)"
  }
}
