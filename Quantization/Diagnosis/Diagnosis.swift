// SPDX-License-Identifier: Apache-2.0
import Operators

/// Where a model loses accuracy in int8, why, and what helps at which price.
package struct Diagnosis: Sendable {
  /// What is computed in integers, in the order it runs.
  package let layers: [LayerDiagnosis]

  /// What the rules found, in the order of `Finding.causes`, then of the graph.
  package let findings: [Finding]

  /// What was tried, the greatest gain first.
  package let cures: [Cure]

  /// The samples that noise was measured on: evenly among those that calibrated.
  package let measuredSamples: Int

  /// A finding that costs accuracy as the model was quantised.
  package var isHealthy: Bool { !findings.contains { $0.severity == .harm && $0.isPresent } }
}

/// One node in integers; ratios of noise to signal.
package struct LayerDiagnosis: Sendable {
  package let name: String

  /// The operator's.
  package let operation: String

  /// At the node's output, in the whole int8 model; `nil` where that is part of a later step.
  package let accumulated: Double?

  /// At the model's noisiest output, when nothing else is in integers; `nil` without weights.
  package let alone: Double?

  /// At the layer's output, when its weights alone are rounded.
  package let weights: Double?

  /// At the layer's output, when its input alone is rounded.
  package let input: Double?

  /// Multiply-accumulates of one run.
  package let macCount: Int

  /// How many bytes more its weights take in float.
  package let extraBytes: Int
}

/// One thing that a rule found.
package struct Finding: Sendable, Equatable {
  /// What it does to accuracy.
  package enum Severity: String, Sendable {
    case harm
    /// Worth knowing; accuracy does not suffer.
    case note
  }

  /// A number with its name.
  package struct Measure: Sendable, Equatable {
    package let name: String
    package let value: Double

    init(_ name: String, _ value: Double) { (self.name, self.value) = (name, value) }
  }

  /// The cause's name.
  package let cause: String

  /// The value or layer, by name; empty for the samples as a whole.
  package let place: String

  /// The channels meant, the worst first; empty for all.
  package var channels: [Int] = []

  /// How many steps of its scale each channel of the value takes, where that is the matter.
  package var channelLevels: [Double] = []

  package var severity = Severity.harm

  /// What the rule compares with the limit.
  package let measure: Measure

  package let limit: Double

  /// Further numbers.
  package var details: [Measure] = []

  /// What else to do, in a sentence.
  package let advice: String

  /// What may cure it: what applies to its place, whether or not it is in use.
  package var remedies: [Cure.Action] = []

  /// Whether balancing channels takes it away, as seen on the samples.
  package var isBalanced = false

  /// Whether it holds for the model as it was quantised; else balancing has cured it.
  package var isPresent = true

  /// Whether two speak of the same.
  func isSame(as other: Finding) -> Bool { cause == other.cause && place == other.place }
}

/// Something that was tried against noise.
package struct Cure: Sendable {
  /// What is done.
  package enum Action: Hashable, Sendable {
    /// Balance channels between activations and weights.
    case equalize
    /// Round weights so that outputs change least, and correct biases.
    case learnRounding
    /// Tell ranges by a method.
    case method(CalibrationMethod)
    /// Compute nodes in float, by name.
    case keepFloat([String])
    /// Give nodes activations of int16, by name.
    case keepInt16([String])
  }

  package let action: Action

  /// Whether the model was quantised with it.
  package let isInUse: Bool

  /// Noise for each unit of signal at the noisiest output, without and with it, all else equal.
  package let noiseWithout: Double
  package let noiseWith: Double

  /// How many bytes more weights take.
  package let extraBytes: Int

  /// Multiply-accumulates that are done in float or int16.
  package let macCount: Int

  /// What it wins at the noisiest output; infinite when no noise is left.
  package var gain: Double {
    guard noiseWith != noiseWithout else { return 0 }
    return decibels(ofRatio: noiseWith) - decibels(ofRatio: noiseWithout)
  }
}

/// Ten times the logarithm of signal over noise; infinite without noise.
package func decibels(ofRatio noise: Double) -> Double { -10 / logarithm(10) * logarithm(noise) }
