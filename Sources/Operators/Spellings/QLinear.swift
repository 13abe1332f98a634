// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// ONNX's older form of integer models: operators that carry the scale and the zero point of each
// operand beside it. They mean the operator on dequantised operands, its result quantised, and are
// read as that; a pass brings them back to integers, as it does for models that spell it out.

/// The spellings of QLinear operators: those of the standard, and ONNX Runtime's own.
let qlinearSpellings: [Spelling] = [
  .onnx("QLinearConv", since: 10) { node throws(OperatorError) in
    let x = try node.real(0, scale: 1, zeroPoint: 2)
    let weights = try node.real(3, scale: 4, zeroPoint: 5)
    let bias = try node.realBias(8, scales: (1, 4))
    let y = try node.means("Conv", [x, weights] + (bias.map { [$0] } ?? []))
    return [try node.stored(y, scale: 6, zeroPoint: 7)]
  },
  .onnx("QLinearMatMul", since: 10) { node throws(OperatorError) in
    let a = try node.real(0, scale: 1, zeroPoint: 2)
    let y = try node.means("MatMul", [a, try node.real(3, scale: 4, zeroPoint: 5, axis: -1)])
    return [try node.stored(y, scale: 6, zeroPoint: 7)]
  },
  .microsoft("QGemm") { node throws(OperatorError) in
    let a = try node.real(0, scale: 1, zeroPoint: 2)
    let isTransposed = try node.attributes.bool("transB", default: false)
    let b = try node.real(3, scale: 4, zeroPoint: 5, axis: isTransposed ? 0 : 1)
    let c = try node.realBias(6, scales: (1, 4))
    let y = try node.means("Gemm", [a, b] + (c.map { [$0] } ?? []))
    return [node.optionalInput(7) == nil ? y : try node.stored(y, scale: 7, zeroPoint: 8)]
  },
  .microsoft("QLinearAdd") { node throws(OperatorError) in try node.qlinearBinary("Add") },
  .microsoft("QLinearMul") { node throws(OperatorError) in try node.qlinearBinary("Mul") },
  .microsoft("QLinearAveragePool") { node throws(OperatorError) in
    try node.qlinearUnary("AveragePool")
  },
  .microsoft("QLinearGlobalAveragePool") { node throws(OperatorError) in
    try node.qlinearUnary("GlobalAveragePool")
  },
  .microsoft("QLinearLeakyRelu") { node throws(OperatorError) in
    try node.qlinearUnary("LeakyRelu")
  },
  .microsoft("QLinearSigmoid") { node throws(OperatorError) in
    try node.qlinearUnary("Sigmoid")
  },
  .microsoft("QLinearConcat") { node throws(OperatorError) in
    var parts: [Value] = []
    for index in stride(from: 2, to: node.inputs.count, by: 3) {
      parts.append(try node.real(index, scale: index + 1, zeroPoint: index + 2))
    }
    return [try node.stored(try node.means("Concat", parts), scale: 0, zeroPoint: 1)]
  },
]

extension ImportedNode {
  fileprivate mutating func qlinearUnary(_ type: String) throws(OperatorError) -> [Value] {
    try require("channels_last", 0)
    let y = try means(type, [try real(0, scale: 1, zeroPoint: 2)])
    return [try stored(y, scale: 3, zeroPoint: 4)]
  }

  fileprivate mutating func qlinearBinary(_ type: String) throws(OperatorError) -> [Value] {
    let a = try real(0, scale: 1, zeroPoint: 2)
    let y = try means(type, [a, try real(3, scale: 4, zeroPoint: 5)])
    return [try stored(y, scale: 6, zeroPoint: 7)]
  }

  /// What another operator of the standard gives for these inputs and this node's attributes.
  fileprivate mutating func means(
    _ type: String, _ inputs: [Value]
  ) throws(OperatorError) -> Value {
    guard let spelling = Catalogue.spelling(for: .onnx(type), version: version) else {
      throw .attributeMissing(type)
    }
    var node = ImportedNode(
      name: name, attributes: attributes, inputs: inputs, outputs: [], version: version,
      builder: builder)
    let values = try spelling.build(&node)
    builder = node.builder
    return values[0]
  }

  /// The numbers that an integer input stands for; `axis` counts its channels if it has any.
  fileprivate mutating func real(
    _ index: Int, scale: Int, zeroPoint: Int, axis: Int = 0
  ) throws(OperatorError) -> Value {
    let x = try input(index)
    let type = type(of: x)
    let stated = try quantization(scale: scale, zeroPoint: zeroPoint, type.shape, axis: axis)
    if let known = type.quantization {
      guard known == stated else { throw .quantizationUnsupported(input: index) }
      return try apply(Dequantize(), [x])
    }
    guard let data = builder.constant(x) else { throw .quantizationMissing(input: index) }
    try data.type.check(dtype: .int8, .uint8, input: index)
    let bytes = data.type.dtype == .uint8 ? data.withOtherSign.bytes : data.bytes
    let integers = builder.constant(
      TensorData(TensorType(.int8, type.shape, quantization: stated), bytes: bytes),
      name: builder.name(of: x))
    return try apply(Dequantize(), [integers])
  }

  /// An int32 bias in units of the product of two inputs' scales; `nil` when omitted.
  fileprivate mutating func realBias(
    _ index: Int, scales: (Int, Int)
  ) throws(OperatorError) -> Value? {
    guard optionalInput(index) != nil else { return nil }
    let data = try constantInput(index)
    try data.type.check(dtype: .int32, input: index)
    let (x, weights) = (try floats(scales.0), try floats(scales.1))
    guard x.count == 1, data.type.shape.rank > 0 else {
      throw .quantizationUnsupported(input: scales.0)
    }
    let products = weights.map { $0 * x[0] }
    guard products.allSatisfy({ $0 > 0 && $0 < .infinity }) else {
      throw .quantizationUnsupported(input: index)
    }
    let axis = data.type.shape.rank - 1
    var type = data.type
    if products.count == 1 {
      type.quantization = QuantizationParameters(scale: products[0], zeroPoint: 0)
    } else {
      guard products.count == data.type.shape[axis] else {
        throw .elementCount(
          input: index, expected: products.count, actual: data.type.shape.elementCount)
      }
      type.quantization = QuantizationParameters(
        axis: axis, scales: products, zeroPoints: products.map { _ in 0 })
    }
    let integers = builder.constant(data.reinterpreted(as: type), name: name)
    return try apply(Dequantize(), [integers])
  }

  /// A result as integers of the scale and zero point that two inputs state.
  fileprivate mutating func stored(
    _ y: Value, scale: Int, zeroPoint: Int
  ) throws(OperatorError) -> Value {
    let quantization = try quantization(scale: scale, zeroPoint: zeroPoint, shape(of: y), axis: 0)
    guard quantization.perTensor != nil else { throw .quantizationUnsupported(input: scale) }
    return try apply(Quantize(), [y], quantization: quantization)
  }

  /// The scales and zero points in two inputs, for int8 storage; zero is int8 when omitted.
  private func quantization(
    scale: Int, zeroPoint: Int, _ shape: Shape, axis: Int
  ) throws(OperatorError) -> QuantizationParameters {
    let scales = try floats(scale)
    guard !scales.isEmpty, scales.allSatisfy({ $0 > 0 && $0 < .infinity }) else {
      throw .quantizationUnsupported(input: scale)
    }
    var zeroPoints: [Int32] = [0]
    if optionalInput(zeroPoint) != nil {
      let data = try constantInput(zeroPoint)
      try data.type.check(dtype: .int8, .uint8, input: zeroPoint)
      let offset: Int32 = data.type.dtype == .uint8 ? 128 : 0
      zeroPoints = data.storedValues.map { Int32($0) - offset }
    }
    if zeroPoints.count == 1 {
      zeroPoints = [Int32](repeating: zeroPoints[0], count: scales.count)
    }
    guard zeroPoints.count == scales.count else {
      throw .elementCount(input: zeroPoint, expected: scales.count, actual: zeroPoints.count)
    }
    guard scales.count > 1 else {
      return QuantizationParameters(scale: scales[0], zeroPoint: zeroPoints[0])
    }
    let axis = try shape.axis(axis)
    guard shape[axis] == scales.count else {
      throw .elementCount(input: scale, expected: shape[axis], actual: scales.count)
    }
    return QuantizationParameters(axis: axis, scales: scales, zeroPoints: zeroPoints)
  }
}
