// SPDX-License-Identifier: Apache-2.0

/// How long the rate rises before a schedule begins.
package enum WarmUp: Hashable, Sendable {
  case steps(Int)
  case epochs(Int)

  func steps(stepsPerEpoch: Int) -> Int {
    switch self {
    case .steps(let steps): steps
    case .epochs(let epochs): epochs * stepsPerEpoch
    }
  }
}

/// The learning rate of each step of a training.
package struct LearningRate: Hashable, Sendable {
  private let highest: Double
  private let schedule: LearningRateSchedule
  private let warmUpSteps: Int
  private let total: Int
  private let stepsPerEpoch: Int

  /// The rates of `epochs · stepsPerEpoch` steps, the first of which may rise to the highest rate.
  ///
  /// The schedule has what remains after the warm-up, which is cut to leave it a step.
  package init(
    highest: Double, _ schedule: LearningRateSchedule, warmUp: WarmUp?, epochs: Int,
    stepsPerEpoch: Int
  ) {
    precondition(epochs > 0 && stepsPerEpoch > 0, "there is a step")
    self.highest = highest
    self.schedule = schedule
    self.stepsPerEpoch = stepsPerEpoch
    total = epochs * stepsPerEpoch
    warmUpSteps = min(warmUp?.steps(stepsPerEpoch: stepsPerEpoch) ?? 0, total - 1)
  }

  /// The rate of a step, counted from 0.
  ///
  /// In the warm-up `(step + 1) / w` of the schedule's first rate.
  /// - Parameters:
  ///   - step: below `epochs · stepsPerEpoch`.
  ///   - plateau: the factor of `PlateauState`.
  /// - Returns: the rate.
  package func rate(step: Int, plateau: Double = 1) -> Double {
    let rest = total - warmUpSteps
    let factor = schedule.factor(
      step: max(step - warmUpSteps, 0), of: rest, stepsPerEpoch: stepsPerEpoch)
    let warmth = step < warmUpSteps ? Double(step + 1) / Double(warmUpSteps) : 1
    return highest * factor * warmth * plateau
  }
}
