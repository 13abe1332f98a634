// SPDX-License-Identifier: Apache-2.0
import Engine

/// How long each step of a session takes, over some rounds.
///
/// Reading the clock between steps costs time itself, so each round runs twice: once with the clock
/// read after each step, once without.
struct StepTimes {
  /// For each step, the milliseconds of every round.
  private(set) var steps: [[Double]]
  /// The milliseconds of whole runs in which no step was timed.
  private(set) var runs: [Double] = []

  /// Runs the session `2 · rounds` times; nothing is allocated inside a run.
  init(_ session: Session, rounds: Int) {
    let clock = ContinuousClock()
    let count = session.program.stepCount
    steps = [[Double]](repeating: [], count: count)
    var instants = [ContinuousClock.Instant](repeating: clock.now, count: count + 1)
    for _ in 0..<rounds {
      runs.append(clock.measure { session.run() }.milliseconds)
      instants[0] = clock.now
      session.run { step in instants[step + 1] = clock.now }
      for step in 0..<count {
        steps[step].append((instants[step + 1] - instants[step]).milliseconds)
      }
    }
  }
}

extension Duration {
  var milliseconds: Double { self / .milliseconds(1) }
}

extension [Double] {
  /// The middle one in order, or the mean of the two in the middle.
  ///
  /// - Precondition: there is one.
  var median: Double {
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}
