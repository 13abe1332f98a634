// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// An input that samples are made for.
package struct InputPort: Hashable, Sendable {
  /// The name in the model.
  package let name: String
  package let type: TensorType

  package init(name: String, type: TensorType) {
    self.name = name
    self.type = type
  }
}
