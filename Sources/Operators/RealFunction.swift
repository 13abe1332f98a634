// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// An operator that maps every element by one function of a real.
///
/// One input of any shape, float32 or int8. In int8 it is a table of 256 entries, each rounded
/// once; in float32 a function of the contract `f32_map`.
package protocol RealFunction: Operator, Hashable {
  /// The function itself.
  func callAsFunction(_ x: Double) -> Double

  /// Its name in `f32_map`.
  var map: FloatMap { get }
}

/// A function of `f32_map` with what it takes.
package struct FloatMap: Hashable, Sendable {
  package let function: uk_f32_function
  package var exponent: Int32 = 0
  package var alpha: Float = 0
  package var beta: Float = 0
}

extension RealFunction {
  package static var inputCount: ClosedRange<Int> { 1...1 }
  package static var quantization: QuantizationRule { .freeOutputScale }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inferUnary(inputs)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [inputs[0].map { self($0) }]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    try node.isQuantized() ? try node.lookup { self($0) } : node.floatMap(map)
  }
}

extension DifferentiableOperator where Self: RealFunction {
  /// `dx = dy · f′(x)`.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.apply(MapGradient(of: self), [node.outputGradient, node.inputs[0]])]
  }
}

/// The type of `f(x)`.
func inferUnary(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
  try inputs[0].checkArithmetic(input: 0)
  return [inputs[0].output(inputs[0].shape)]
}

/// Refuses a parameter that is no number.
func checkFinite(_ name: String, _ value: Float) throws(OperatorError) {
  guard value.isFinite else { throw .attributeValue(name, .float(value)) }
}

extension NodeContext {
  fileprivate func floatMap(_ map: FloatMap) -> Lowering {
    let matrix = MatrixView(elementsOf: inputs[0].shape)
    let contract: uk_contract =
      switch floatClass {
      case .fma: .UK_CONTRACT_f32_map_fma
      case .muladd: .UK_CONTRACT_f32_map_muladd
      }
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_map_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns),
          function: map.function.rawValue, exponent: map.exponent, alpha: map.alpha,
          beta: map.beta, reserved: (0, 0)),
        operands: [.input(0), .output(0)], overwritableInputs: [0]))
  }
}

extension Sample {
  /// A function over a range in float32, and in int8 with this output scale.
  static func both(
    _ function: some RealFunction, _ range: ClosedRange<Double>, scale: Float, zeroPoint: Int32
  ) -> [Sample] {
    let lowest = min(range.lowerBound, 0)
    let step = (max(range.upperBound, 0) - lowest) / 255
    let x = QuantizationParameters(
      scale: Float(step), zeroPoint: Int32((-128 - lowest / step).rounded()))
    return [
      Sample("float32", function, [.variable(.float([5, 3, 31]), range)]),
      Sample(
        "int8", function, [.variable(TensorType(.int8, [3, 50], quantization: x), range)],
        outputQuantization: QuantizationParameters(scale: scale, zeroPoint: zeroPoint)),
    ]
  }
}
