// SPDX-License-Identifier: Apache-2.0

/// A sample to train on.
package struct Example: Hashable, Sendable {
  /// What to call it in messages.
  package let name: String
  /// One for each input of the model, contiguous.
  package let inputs: [[Float]]
  package let target: ExampleTarget

  package init(name: String, inputs: [[Float]], target: ExampleTarget) {
    self.name = name
    self.inputs = inputs
    self.target = target
  }
}

/// What a model should say of a sample.
package enum ExampleTarget: Hashable, Sendable {
  case label(Int)
  case values([Float])
}

/// What a loss compares the model's output with.
package enum TargetKind: Hashable, Sendable {
  /// The index of one of so many classes.
  case label(classCount: Int)
  /// So many real numbers.
  case values(count: Int)
}
