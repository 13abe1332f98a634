// SPDX-License-Identifier: Apache-2.0

/// What quantising a model may choose.
package struct QuantizationOptions: Sendable {
  /// How much is tried to keep the model's accuracy.
  package enum Effort: String, Hashable, Sendable, CaseIterable {
    /// Ranges from samples, channels balanced; weights rounded to nearest.
    case low
    /// Weights rounded so that outputs change least, and biases corrected.
    case medium
    /// As medium, with the calibration method that gives this model the least noise.
    case high
  }

  package var effort = Effort.medium

  /// How ranges of activations are told from samples; `nil` leaves it to the effort.
  package var method: CalibrationMethod?

  /// Whether channels are balanced between activations and weights first.
  package var equalizes = true

  /// Whether weights are rounded so that outputs change least; `nil` leaves it to the effort.
  package var learnsRounding: Bool?

  /// The least signal-to-noise ratio at every output, in decibels; layers that make most noise for
  /// their cost stay float until it is reached.
  package var minimumDecibels: Double?

  /// The threads that run the model; results do not depend on it.
  package var threads = 1

  /// Nodes that stay float, by name.
  package var excludedNodes: Set<String> = []

  /// Whether it is also worked out where accuracy is lost, and why.
  package var diagnoses = false

  package init() {}

  /// Whether weights are rounded so that outputs change least.
  var roundsByLearning: Bool { learnsRounding ?? (effort != .low) }
}

/// How far a quantisation is, in a task of so many parts.
package struct QuantizationProgress: Sendable {
  package let task: String
  package let done: Int
  package let total: Int
}
