// SPDX-License-Identifier: Apache-2.0

/// What quantising a model may choose.
package struct QuantizationOptions: Sendable {
  /// How ranges of activations are told from samples.
  package var method = CalibrationMethod.meanSquaredError

  /// The threads that run the model; results do not depend on it.
  package var threads = 1

  /// Nodes that stay float, by name.
  package var excludedNodes: Set<String> = []

  package init() {}
}
