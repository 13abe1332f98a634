// SPDX-License-Identifier: Apache-2.0

/// How the learning rate goes from the first step to the last, as factors of the highest rate.
package enum LearningRateSchedule: Hashable, Sendable {
  case constant

  /// Times `factor` after every so many epochs.
  case step(epochs: Int, factor: Double)

  /// Half a cosine down to `minimum`, a factor as well.
  ///
  /// Source: Loshchilov and Hutter 2017, "SGDR", arXiv:1608.03983, equation 5, without restarts.
  case cosine(minimum: Double)

  case oneCycle(OneCycle)

  /// Down when the validation loss does not fall; see `PlateauState`.
  case plateau(Plateau)

  /// The factor of a step, counted from 0, of so many.
  ///
  /// `plateau` depends on the losses and is 1 here.
  /// - Precondition: `0 ≤ step < total` and an epoch has a step.
  package func factor(step: Int, of total: Int, stepsPerEpoch: Int) -> Double {
    precondition(step >= 0 && step < total && stepsPerEpoch > 0, "there is such a step")
    switch self {
    case .constant, .plateau: return 1
    case .step(let epochs, let factor):
      return power(factor, step / (epochs * stepsPerEpoch))
    case .cosine(let minimum):
      return halfCosine(Double(step) / Double(total), from: 1, to: minimum)
    case .oneCycle(let cycle): return cycle.factor(step: step, of: total)
    }
  }
}

/// Up from a low rate and down to a much lower one, by half cosines.
///
/// PyTorch's `OneCycleLR` with `anneal_strategy="cos"`, step for step.
///
/// Source: Smith and Topin 2018, "Super-convergence", arXiv:1708.07120.
package struct OneCycle: Hashable, Sendable {
  /// The part of all steps in which the rate rises.
  package var increase = 0.3
  /// The first rate is the highest over this.
  package var initialDivisor = 25.0
  /// The last rate is the first over this.
  package var finalDivisor = 1e4

  package init() {}

  func factor(step: Int, of total: Int) -> Double {
    let first = 1 / initialDivisor
    let top = increase * Double(total) - 1
    let position = Double(step)
    if position <= top {
      return top > 0 ? halfCosine(position / top, from: first, to: 1) : 1
    }
    let length = Double(total - 1) - top
    return halfCosine(min((position - top) / length, 1), from: 1, to: first / finalDivisor)
  }
}

/// From one value to another by half a cosine, at a part of the way.
private func halfCosine(_ part: Double, from start: Double, to end: Double) -> Double {
  end + (start - end) / 2 * (1 + cosineOfHalfTurns(part))
}

/// A power by products alone.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
