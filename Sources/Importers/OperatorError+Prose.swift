// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Why an operator refuses a node, in words; inputs count from 1 as people do.
func prose(_ error: OperatorError) -> String {
  switch error {
  case .inputCount(let expected, let actual):
    return "it has \(actual) inputs where \(described(expected)) are expected."
      + " Export the model again."
  case .rank(let input, let expected, let actual):
    return "\(ordinal(input)) has \(actual) axes; \(described(expected)) are supported."
      + " Layers work on vectors and images, not on volumes or sequences."
  case .dtype(let input, let actual):
    return "\(ordinal(input)) is \(actual.name), which this operator does not take here."
      + " Use float32 throughout, or int8 activations with int8 weights."
  case .shape(let input, let expected, let actual):
    return "\(ordinal(input)) has the shape \(actual), but the other inputs need \(expected)."
      + " The model contradicts itself; export it again."
  case .shapesDoNotBroadcast(let left, let right):
    return "the shapes \(left) and \(right) do not broadcast to each other."
      + " The model contradicts itself; export it again."
  case .broadcastUnsupported(let left, let right):
    return "the shapes \(left) and \(right) broadcast in a way that is not supported: they differ"
      + " along more than four groups of axes. Reshape one of them before export."
  case .elementCount(let input, let expected, let actual):
    return "\(ordinal(input)) has \(actual) elements where \(expected) are expected."
      + " The model contradicts itself; export it again."
  case .axis(let axis, let rank):
    return "axis \(axis) does not exist or is not supported for a tensor of \(rank) axes."
  case .emptyOutput:
    return "its output would have no elements: the input is smaller than the window."
      + " Give the model a larger input with --input NAME=SHAPE."
  case .tooLarge:
    return "its output would have more than \(Shape.maximumElementCount) elements."
      + " Give the model a smaller input with --input NAME=SHAPE."
  case .inputNotConstant(let input):
    return "\(ordinal(input)) is computed while the model runs; it must be a constant."
      + " Export the model with fixed shapes, and simplify it (onnxsim) so that constants fold."
  case .inputUnsupported(let input):
    return "\(ordinal(input)) is optional and stands for a variant that is not supported."
      + " Export the model without it."
  case .inputMissing(let input):
    return "\(ordinal(input)) is left out, which stands for a variant that is not supported."
      + " Export the model with it."
  case .quantizationMissing(let input):
    return "\(ordinal(input)) is an integer without scale and zero point."
      + " Convert the model with full int8 quantisation."
  case .quantizationUnsupported(let input):
    return "\(ordinal(input)) is quantised in a way this operator does not take: activations per"
      + " tensor, weights per tensor or per output channel with zero point 0."
  case .outputQuantizationMissing:
    return "its output is an integer without scale and zero point."
      + " Convert the model with full int8 quantisation."
  case .notExpanded: return "it stands for other operators, which were to take its place before."
  case .noGradient: return "it has no gradient in this form. Freeze all that leads to it."
  case .accumulatorOverflow:
    return "a sum of its int8 products can exceed 32 bits: it adds too many products in one."
      + " Split the layer along its input channels."
  case .attributeMissing, .attributeType, .attributeValue: return attributeProse(error)
  }
}

/// Why an operator refuses an attribute, in words.
private func attributeProse(_ error: OperatorError) -> String {
  switch error {
  case .attributeMissing(let name):
    return "the attribute \(quoted(name)) is missing. Export the model again."
  case .attributeType(let name):
    return "the attribute \(quoted(name)) is of the wrong type. Export the model again."
  case .attributeValue(let name, let value):
    return "the attribute \(quoted(name)) has the unsupported value \(described(value))."
  case .inputCount, .rank, .dtype, .shape, .shapesDoNotBroadcast, .broadcastUnsupported,
    .elementCount, .axis, .emptyOutput, .tooLarge, .inputNotConstant, .inputUnsupported,
    .inputMissing, .quantizationMissing, .quantizationUnsupported, .outputQuantizationMissing,
    .notExpanded, .noGradient, .accumulatorOverflow:
    preconditionFailure("it is about no attribute")
  }
}

private func ordinal(_ input: Int) -> String { "input \(input + 1)" }

private func described(_ range: ClosedRange<Int>) -> String {
  range.count == 1
    ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
}

private func described(_ value: AttributeValue) -> String {
  switch value {
  case .int(let value): "\(value)"
  case .float(let value): "\(value)"
  case .string(let value): quoted(value)
  case .ints(let values): listed(values.map { "\($0)" })
  case .floats(let values): listed(values.map { "\($0)" })
  case .tensor(let data): "a tensor \(data.type.dtype.name) \(data.type.shape)"
  }
}
