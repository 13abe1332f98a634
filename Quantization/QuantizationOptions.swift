// SPDX-License-Identifier: Apache-2.0
import Compiler

/// What quantising a model may choose.
package struct QuantizationOptions: Sendable {
  /// How much is tried to keep the model's accuracy.
  package enum Effort: String, Hashable, Sendable, CaseIterable {
    /// Ranges from samples, channels balanced; weights rounded to nearest.
    case low
    /// Weights rounded so that outputs change least, and biases corrected where that helps.
    case medium
    /// As medium, with other methods and without balancing, where that is clearly less noisy.
    case high
  }

  package var effort = Effort.medium

  /// How ranges of activations are told from samples; `nil` leaves it to the effort.
  package var method: CalibrationMethod?

  /// Whether channels may be balanced between activations and weights first.
  package var equalizes = true

  /// Whether weights are rounded so that outputs change least; `nil` leaves it to the effort.
  package var learnsRounding: Bool?

  /// Whether biases are corrected by what the integers before a layer really give; `nil` does so
  /// where it clearly helps, but for low effort.
  package var correctsBiases: Bool?

  /// What is to be reached and may be spent: layers that make most noise for their cost are kept
  /// more precise until it is reached.
  package var goals = QuantizationGoals()

  /// How fast the CPU is that the model is for; what is faster in float there stays float.
  package var rates: KernelRates?

  /// The threads that run the model; results do not depend on it.
  package var threads = 1

  /// What activations are stored in, where no node says otherwise: int8 or int16.
  package var activations = Precision.int8

  /// Nodes whose activations are int16, by name.
  package var int16Nodes: Set<String> = []

  /// Whether the model's inputs and outputs will be integers, so that what it ends in, such as a
  /// softmax, need not stay float.
  package var hasIntegerPorts = false

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
