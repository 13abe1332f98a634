// SPDX-License-Identifier: Apache-2.0

/// What the weights of float products are stored as.
package enum StorageFormat: String, Hashable, Sendable, CaseIterable {
  /// Symmetric, −127 to 127, a scale for each output channel.
  case int8
  /// Symmetric, −8 to 7, a scale for each output channel and 32 inputs.
  case int4
  case float16
}

/// What storing weights in fewer bits may choose.
package struct StorageOptions: Sendable {
  package var format = StorageFormat.int8

  /// Whether each row of a dense layer's input is rounded to int8 as it comes; takes int8 weights.
  package var isDynamic = false

  /// Whether weights are rounded so that outputs change least on samples; where there are any.
  package var learnsRounding = true

  /// Nodes whose weights stay as they are, by name.
  package var excludedNodes: Set<String> = []

  /// The threads that run the model; results do not depend on it.
  package var threads = 1

  package init() {}
}
