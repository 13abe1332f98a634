// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// An operator with typed example inputs: one row of the conformance suite.
package struct Sample: Sendable {
  /// One input of the sample.
  package enum Input: Sendable {
    /// Seeded random reals in the range, stored in the type (quantised when it is).
    case variable(TensorType, ClosedRange<Double> = -2...2)
    /// The same, but known at compile time: weights.
    case constant(TensorType, ClosedRange<Double> = -1...1)
    /// Exactly this constant.
    case data(TensorData)
  }

  /// What is special about it; completes the operator's name in test messages.
  package let label: String
  package let operation: any Operator
  package let inputs: [Input]

  /// Scale and zero point of an integer output that the operator leaves free.
  package let outputQuantization: QuantizationParameters?

  package init(
    _ label: String, _ operation: any Operator, _ inputs: [Input],
    outputQuantization: QuantizationParameters? = nil
  ) {
    self.label = label
    self.operation = operation
    self.inputs = inputs
    self.outputQuantization = outputQuantization
  }
}
