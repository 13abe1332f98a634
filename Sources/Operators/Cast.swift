// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The same numbers in another dtype.
///
/// Any shape. Floats are truncated towards 0 to integers and saturated, NaN giving 0; integers that
/// do not fit wrap around; bool is whether a number differs from 0. float16 and float64 are for
/// constants, which the compiler folds. Quantised integers are not numbers but stand for some:
/// `Dequantize` converts them.
package struct Cast: Operator, ShapeOperator, Hashable {
  package static let name = "Cast"
  package static let spellings: [Spelling] = [
    .onnx("Cast", since: 6) { node throws(OperatorError) in
      let number = try node.attributes.int("to")
      guard let dtype = onnxDTypes[number] else { throw .attributeValue("to", .int(number)) }
      return try cast(&node, to: dtype)
    },
    .onnx("CastLike", since: 15) { node throws(OperatorError) in
      try cast(&node, to: node.type(of: try node.input(1)).dtype)
    },
    .tflite(53) { node throws(OperatorError) in
      let number = try node.attributes.int("out_data_type", default: 0)
      guard let dtype = tfliteDTypes[number] else {
        throw .attributeValue("out_data_type", .int(number))
      }
      return try cast(&node, to: dtype)
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.conversion

  /// The input's dtype.
  package var from: DType

  package var to: DType

  package init(from: DType, to: DType) {
    self.from = from
    self.to = to
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(dtype: from, input: 0)
    guard inputs[0].shape.elementCount > 0 else { throw .emptyOutput }
    guard inputs[0].quantization == nil else { throw .quantizationUnsupported(input: 0) }
    return [TensorType(to, inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [inputs[0].map { converted($0) }]
  }

  private func converted(_ x: Double) -> Double {
    switch to {
    case .bool: x == 0 ? 0 : 1
    case .float32: Double(Float(x))
    case .float16, .float64: x
    case .int8: integer(x, as: Int8.self)
    case .uint8: integer(x, as: UInt8.self)
    case .int16: integer(x, as: Int16.self)
    case .int32: integer(x, as: Int32.self)
    case .int64: integer(x, as: Int64.self)
    }
  }

  private func integer<T: FixedWidthInteger>(_ x: Double, as type: T.Type) -> Double {
    let whole = x.isNaN ? 0 : x.rounded(.towardZero)
    let saturated = min(max(whole, Double(T.min)), Double(T.max))
    guard !from.isFloat, let integer = Int64(exactly: whole) else { return saturated }
    return Double(T(truncatingIfNeeded: integer))
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    for dtype in [from, to] where !typedDTypes.contains(dtype) {
      throw .dtype(input: 0, actual: dtype)
    }
    if from == to { return .alias }
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_xx_cast,
        parameters: uk_cast_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns),
          from: UInt32(from.rawValue), to: UInt32(to.rawValue)),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Gradient

extension Cast: DifferentiableOperator {
  /// That of floats cast to floats; integers have none.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    [try builder.apply(Cast(from: to, to: from), [node.outputGradient])]
  }
}

// MARK: - Samples

extension Cast {
  package static let samples: [Sample] = [
    Sample(
      "int64 to float32", Cast(from: .int64, to: .float32),
      [.variable(TensorType(.int64, [3, 700]), -9999...9999)]),
    Sample("float32 to int8", Cast(from: .float32, to: .int8), [.variable(.float([40]), -9...9)]),
    Sample("float32 to int64", Cast(from: .float32, to: .int64), [.variable(.float([40]))]),
    Sample(
      "int64 to bool", Cast(from: .int64, to: .bool), [.variable(TensorType(.int64, [2, 9]))]),
    Sample(
      "int32 to int16", Cast(from: .int32, to: .int16),
      [.variable(TensorType(.int32, [50]), -9999...9999)]),
    Sample(
      "bool to int32", Cast(from: .bool, to: .int32), [.variable(TensorType(.bool, [9]), 0...1)]),
  ]
}

// MARK: - Spellings

/// By number of `TensorProto.DataType`.
private let onnxDTypes: [Int: DType] = [
  1: .float32, 2: .uint8, 3: .int8, 5: .int16, 6: .int32, 7: .int64, 9: .bool, 10: .float16,
  11: .float64,
]

/// By number of TFLite's `TensorType`.
private let tfliteDTypes: [Int: DType] = [
  0: .float32, 1: .float16, 2: .int32, 3: .uint8, 4: .int64, 6: .bool, 7: .int16, 9: .int8,
  10: .float64,
]

extension Cast {
  private static func cast(
    _ node: inout ImportedNode, to dtype: DType
  ) throws(OperatorError) -> [Value] {
    let x = try node.input(0)
    let from = node.type(of: x).dtype
    if from == dtype { return [x] }
    // What is computed at run time needs a kernel.
    for dtype in [from, dtype] where !typedDTypes.contains(dtype) && !node.builder.isFoldable(x) {
      throw .dtype(input: 0, actual: dtype)
    }
    return [try node.apply(Cast(from: from, to: dtype), [x])]
  }
}
