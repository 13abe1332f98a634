// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// An operator that has learnt numbers among its inputs: weights, biases, tables.
///
/// Where such an input is a constant of the model, training may turn it into a state.
package protocol ParametricOperator: Operator {
  /// Which of the inputs, when they are float32 constants, were learnt.
  static var parameters: [ParameterInput] { get }
}

/// An input that is learnt.
package struct ParameterInput: Sendable {
  /// What the numbers do, which decides how they are initialised and what decays.
  package enum Role: String, Sendable {
    /// Of a sum of products, output channels first.
    case weights
    /// What is added: to each channel, or as a learnt position is.
    case bias
    /// A factor for each channel.
    case scale
    /// The row for each index.
    case table
    /// The factor of a channel's negative side.
    case slope
  }

  package let input: Int
  package let role: Role

  package init(_ input: Int, _ role: Role) {
    self.input = input
    self.role = role
  }
}
