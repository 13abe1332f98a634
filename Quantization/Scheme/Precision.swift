// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What the activations of a node are stored in.
package enum Precision: String, Hashable, Sendable, CaseIterable {
  case float32
  /// Symmetric, 65,536 levels; weights are int8 all the same.
  case int16
  case int8

  /// The type of an element.
  package var dtype: DType {
    switch self {
    case .float32: .float32
    case .int16: .int16
    case .int8: .int8
    }
  }
}
