// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// What passes know of operators in general; an operator is one line here.

/// An operator that can clamp what it computes.
package protocol ActivatedOperator: Operator {
  var activation: ActivationRange { get set }
}

extension Convolution: ActivatedOperator {}
extension DepthwiseConvolution: ActivatedOperator {}
extension TransposedConvolution: ActivatedOperator {}
extension FullyConnected: ActivatedOperator {}
extension DynamicFullyConnected: ActivatedOperator {}
extension Affine: ActivatedOperator {}
extension AveragePool: ActivatedOperator {}
extension MaxPool: ActivatedOperator {}
extension Add: ActivatedOperator {}
extension Subtract: ActivatedOperator {}
extension Multiply: ActivatedOperator {}
extension Divide: ActivatedOperator {}

/// An operator whose every output element depends on the same element of its inputs alone, smaller
/// inputs stretched by NumPy's rule.
package protocol ElementwiseOperator: Operator {}

extension Add: ElementwiseOperator {}
extension Subtract: ElementwiseOperator {}
extension Multiply: ElementwiseOperator {}
extension Divide: ElementwiseOperator {}
extension Clamp: ElementwiseOperator {}
extension Quantize: ElementwiseOperator {}
extension Dequantize: ElementwiseOperator {}
extension SignConversion: ElementwiseOperator {}
extension Absolute: ElementwiseOperator {}
extension Ceiling: ElementwiseOperator {}
extension ELU: ElementwiseOperator {}
extension Erf: ElementwiseOperator {}
extension Exponential: ElementwiseOperator {}
extension Floor: ElementwiseOperator {}
extension GELU: ElementwiseOperator {}
extension HardSigmoid: ElementwiseOperator {}
extension HardSwish: ElementwiseOperator {}
extension Logarithm: ElementwiseOperator {}
extension Negate: ElementwiseOperator {}
extension Power: ElementwiseOperator {}
extension Reciprocal: ElementwiseOperator {}
extension ReciprocalSquareRoot: ElementwiseOperator {}
extension Round: ElementwiseOperator {}
extension SiLU: ElementwiseOperator {}
extension Sigmoid: ElementwiseOperator {}
extension Softplus: ElementwiseOperator {}
extension SquareRoot: ElementwiseOperator {}
extension Tanh: ElementwiseOperator {}
extension Cast: ElementwiseOperator {}
extension Comparison: ElementwiseOperator {}
extension IntegerArithmetic: ElementwiseOperator {}
extension Maximum: ElementwiseOperator {}
extension Minimum: ElementwiseOperator {}
extension Select: ElementwiseOperator {}

/// An operator that reads what it gave before, one step after the other.
///
/// Inputs: x, the weights of x, those of its own output, a bias; channels of weights are outermost.
package protocol RecurrentOperator: Operator {
  /// The int8 that the output is kept in between steps; `nil` in float32.
  var hidden: QuantizationParameters? { get set }

  /// Whether every step's output is given, and not the last one's alone.
  var givesSequence: Bool { get }
}

extension LSTM: RecurrentOperator {
  package var givesSequence: Bool { result.hasSequence }
}

/// An operator that multiplies by constant weights and adds a bias.
///
/// Inputs: x, weights, optional bias. Axes are those of weights that are not packed.
package protocol WeightedOperator: ActivatedOperator, PackableOperator {
  /// The axis of the weights that counts output channels.
  static var weightChannelAxis: Int { get }

  /// The axis of the weights that counts the input's channels; where each output channel has an
  /// input channel of its own, the same.
  static var weightInputAxis: Int { get }
}

extension Convolution: WeightedOperator {
  package static var weightChannelAxis: Int { 0 }
  package static var weightInputAxis: Int { 3 }
}
extension DepthwiseConvolution: WeightedOperator {
  package static var weightChannelAxis: Int { 2 }
  package static var weightInputAxis: Int { 2 }
}
extension TransposedConvolution: WeightedOperator {
  package static var weightChannelAxis: Int { 0 }
  package static var weightInputAxis: Int { 3 }
}
extension FullyConnected: WeightedOperator {
  package static var weightChannelAxis: Int { 0 }
  package static var weightInputAxis: Int { 1 }
}
