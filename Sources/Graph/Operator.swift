// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What an operator means, everywhere: one file of `Sources/Operators` implements it.
///
/// An operator value holds its attributes; its inputs are the node's. Operators work on channels
/// last (NHWC) images.
package protocol Operator: Sendable {
  /// The name in messages and reports; unique in the catalogue.
  static var name: String { get }

  /// How foreign formats spell this operator; empty for operators that only passes make.
  static var spellings: [Spelling] { get }

  /// How many inputs it takes.
  static var inputCount: ClosedRange<Int> { get }

  /// What it does with quantised inputs.
  static var quantization: QuantizationRule { get }

  /// Typed example inputs that drive the conformance tests; at least one for each kernel contract.
  static var samples: [Sample] { get }

  /// The types of the outputs.
  ///
  /// Leaves the quantisation of an integer output `nil` where the rule is `.freeOutputScale`.
  /// - Throws: `OperatorError` when the inputs do not fit; shapes with no elements are refused.
  func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType]

  /// The meaning, in `Double` on real numbers: slow and obviously right. The oracle of every test.
  ///
  /// Quantised inputs arrive dequantised; the caller quantises the outputs.
  func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor]

  /// Names the kernel contract that computes a node of this operator.
  ///
  /// Must not look at the hardware: the engine picks the implementation at load.
  /// - Throws: `OperatorError` when no contract covers these types.
  func lower(_ node: NodeContext) throws(OperatorError) -> Lowering
}

/// What an operator does with quantised tensors.
package enum QuantizationRule: Sendable {
  /// Float only: int8 inputs are refused.
  case floatOnly
  /// Output scale and zero point are free; the graph states them.
  case freeOutputScale
  /// The output has the scale and zero point of the first input: nothing but copies.
  case sameAsInput
  /// The operator itself converts between float and integer.
  case conversion
}

/// Why an operator does not accept its inputs or attributes.
///
/// Input numbers count from 0. The caller adds which node it was and where in the file.
package enum OperatorError: Error, Equatable, Sendable {
  case inputCount(expected: ClosedRange<Int>, actual: Int)
  case rank(input: Int, expected: ClosedRange<Int>, actual: Int)
  case dtype(input: Int, actual: DType)
  case shape(input: Int, expected: Shape, actual: Shape)
  case shapesDoNotBroadcast(Shape, Shape)
  /// The shapes broadcast, but not in the four axes of the kernels.
  case broadcastUnsupported(Shape, Shape)
  case elementCount(input: Int, expected: Int, actual: Int)
  case axis(Int, rank: Int)
  case emptyOutput
  case tooLarge
  case inputNotConstant(input: Int)
  /// An optional input that is not understood, or one that is only left out in a form that is not.
  case inputUnsupported(input: Int)
  case inputMissing(input: Int)
  case quantizationMissing(input: Int)
  case quantizationUnsupported(input: Int)
  case outputQuantizationMissing
  /// A composite of other operators was to be lowered as a whole.
  case notExpanded
  /// This form of the operator has no gradient.
  case noGradient
  /// A sum of products can leave 32 bits.
  case accumulatorOverflow
  case attributeMissing(String)
  case attributeType(String)
  case attributeValue(String, AttributeValue)
}
