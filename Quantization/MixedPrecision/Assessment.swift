// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// What a mixture of precisions is worth, and what it costs.
package struct Assessment: Sendable {
  /// Signal and noise of each output, in the order of the model's.
  package internal(set) var outputNoise: [Noise] = []

  /// The share of answers that are expected to change; `nil` when nobody asked.
  package internal(set) var changedAnswers: Double?

  /// The bytes of the program file; `nil` when nobody asked.
  package internal(set) var programBytes: Int?

  /// The estimated time of a run on one thread, in milliseconds; `nil` when no rates are known.
  package internal(set) var milliseconds: Double?

  /// The same with what another assessment says of the cost.
  func with(cost: Assessment) -> Assessment {
    var both = self
    both.programBytes = cost.programBytes
    both.milliseconds = cost.milliseconds
    return both
  }
}

/// What a quantisation shall reach, and what it may cost.
package struct QuantizationGoals: Sendable {
  /// The least signal-to-noise ratio at every output, in decibels.
  package var minimumDecibels: Double?

  /// The greatest share of answers that may be expected to change, 0 to 1.
  package var maximumDrop: Double?

  /// The most bytes of the program file.
  package var maximumBytes: Int?

  /// The longest estimated time of a run on one thread.
  package var maximumMilliseconds: Double?

  package init() {}

  /// Whether there is one for accuracy.
  var asksForAccuracy: Bool { minimumDecibels != nil || maximumDrop != nil }

  /// Whether there is one for the cost.
  var limitsCost: Bool { maximumBytes != nil || maximumMilliseconds != nil }

  func isAccurate(_ assessment: Assessment) -> Bool {
    let decibels = minimumDecibels ?? -.infinity
    let drop = maximumDrop ?? .infinity
    return assessment.outputNoise.allSatisfy { $0.decibels >= decibels }
      && assessment.changedAnswers ?? 0 <= drop
  }

  func isAffordable(_ assessment: Assessment) -> Bool {
    assessment.programBytes ?? 0 <= maximumBytes ?? .max
      && assessment.milliseconds ?? 0 <= maximumMilliseconds ?? .infinity
  }
}
