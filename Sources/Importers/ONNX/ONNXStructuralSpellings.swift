// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The spellings of ONNX operators that compute nothing: a constant, or the input as it is.
let onnxStructuralSpellings = Dictionary(
  uniqueKeysWithValues: [constant, identity, dropout].map { ($0.key, $0) })

private let constant = Spelling.onnx("Constant", since: 1) { node throws(OperatorError) in
  let data = try constantValue(node.attributes)
  return [node.builder.constant(data, name: node.outputs.first?.name ?? node.name)]
}

private let identity = Spelling.onnx("Identity", since: 1) { node throws(OperatorError) in
  [try node.input(0)]
}

/// At inference nothing drops out; since version 12 an input can ask for training mode.
private let dropout = Spelling.onnx("Dropout", since: 7) { node throws(OperatorError) in
  if node.optionalInput(2) != nil, try node.constantInput(2).storedValues != [0] {
    throw .attributeValue("training_mode", .int(1))
  }
  return [try node.input(0)]
}

/// The contents of a `Constant` node, which has exactly one attribute.
private func constantValue(_ attributes: Attributes) throws(OperatorError) -> TensorData {
  if let tensor = try attributes.tensor("value") { return tensor }
  for name in ["value_float", "value_int", "value_floats", "value_ints"] {
    switch attributes[name] {
    case .float(let value): return TensorData([], float32: [value])
    case .int(let value): return TensorData([], int64: [Int64(value)])
    case .floats(let values): return TensorData(try vector(values.count), float32: values)
    case .ints(let values):
      return TensorData(try vector(values.count), int64: values.map { Int64($0) })
    case .string, .tensor: throw .attributeType(name)
    case nil: continue
    }
  }
  throw .attributeMissing("value")
}

private func vector(_ count: Int) throws(OperatorError) -> Shape {
  guard let shape = Shape(checking: [count]) else { throw .tooLarge }
  return shape
}
