// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The spellings of operators that give numbers known at compile time: shapes are concrete, and a
/// range is between constants.
let shapeSpellings = Dictionary(
  uniqueKeysWithValues: [
    onnxShape, onnxSize, onnxRange, tfliteShape, tfliteRank, tfliteRange,
  ].map { ($0.key, $0) })

/// Since version 15, `start` and `end` choose axes, as a slice of Python does.
private let onnxShape = Spelling.onnx("Shape", since: 1) { node throws(OperatorError) in
  let extents = node.builder.type(of: try node.input(0)).shape.extents
  func position(_ name: String, default fallback: Int) throws(OperatorError) -> Int {
    let stated = try node.attributes.int(name, default: fallback)
    return min(max(stated < 0 ? stated + extents.count : stated, 0), extents.count)
  }
  let start = try position("start", default: 0)
  let end = try position("end", default: extents.count)
  return [node.int64s(Array(extents[min(start, end)..<end]))]
}

private let onnxSize = Spelling.onnx("Size", since: 1) { node throws(OperatorError) in
  let count = node.builder.type(of: try node.input(0)).shape.elementCount
  return [node.builder.constant(TensorData([], int64: [Int64(count)]), name: node.name)]
}

private let tfliteShape = Spelling.tflite(77) { node throws(OperatorError) in
  let extents = node.builder.type(of: try node.input(0)).shape.extents
  // `out_type`: int32 (2, and 0 where the option is left out) or int64 (4).
  guard try node.attributes.int("out_type", default: 0) != 4 else { return [node.int64s(extents)] }
  return [node.int32s([extents.count], extents)]
}

private let tfliteRank = Spelling.tflite(110) { node throws(OperatorError) in
  [node.int32s([], [node.builder.type(of: try node.input(0)).shape.rank])]
}

private let onnxRange = Spelling.onnx("Range", since: 11, range)
private let tfliteRange = Spelling.tflite(96, range)

/// start, limit and step, of one dtype: start, start + step, … before the limit.
@Sendable private func range(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
  var bounds: [Double] = []
  let type = TensorType(node.builder.type(of: try node.input(0)).dtype, [])
  for index in 0..<3 {
    let data = try node.constantInput(index)
    guard data.type.shape.elementCount == 1, data.type.dtype == type.dtype else {
      throw .elementCount(input: index, expected: 1, actual: data.type.shape.elementCount)
    }
    bounds.append(data.storedValues[0])
  }
  let (start, step) = (bounds[0], bounds[2])
  let count = ((bounds[1] - start) / step).rounded(.up)
  guard step != 0, count.isFinite else { throw .attributeValue("delta", .float(Float(step))) }
  guard count >= 1 else { throw .emptyOutput }
  guard count <= 0x1p31, let shape = Shape(checking: [Int(count)]),
    node.builder.chargeFolding(shape.elementCount)
  else { throw .tooLarge }
  let values = (0..<shape.elementCount).map { start + Double($0) * step }
  let tensor = ReferenceTensor(shape, values).stored(as: TensorType(type.dtype, shape))
  guard let tensor else { throw .dtype(input: 0, actual: type.dtype) }
  return [node.builder.constant(tensor, name: node.name)]
}

extension ImportedNode {
  /// Adds a vector, of none too if need be.
  fileprivate mutating func int64s(_ values: [Int]) -> Value {
    builder.constant(
      TensorData(Shape([values.count]), int64: values.map { Int64($0) }), name: name)
  }

  fileprivate mutating func int32s(_ shape: Shape, _ values: [Int]) -> Value {
    builder.constant(TensorData(shape, int32: values.map { Int32($0) }), name: name)
  }
}
