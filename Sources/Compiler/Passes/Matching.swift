// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// What passes look for, and the moves of data that they all make.

extension Graph {
  /// For each value, whether it is read at exactly one place: an operand of a node, or an output.
  ///
  /// A node whose output is read once can be replaced together with its reader.
  var isReadOnce: [Bool] {
    var reads = [Int](repeating: 0, count: values.count)
    for node in nodes {
      for input in node.inputs { reads[input.id] += 1 }
    }
    for port in outputs { reads[port.value.id] += 1 }
    return reads.map { $0 == 1 }
  }
}

extension GraphBuilder {
  /// The operator and inputs of the node that writes a value, when it is of the given kind.
  func producer<Kind: Operator>(
    of value: Value, as kind: Kind.Type
  ) -> (operation: Kind, inputs: [Value])? {
    guard let node = producer(of: value), let operation = node.operation as? Kind else {
      return nil
    }
    return (operation, node.inputs)
  }

  /// The value with its axes permuted; a transpose that made it is taken along.
  mutating func transposed(
    _ value: Value, by permutation: [Int], name: String
  ) throws(OperatorError) -> Value {
    if let (inner, inputs) = producer(of: value, as: Transpose.self) {
      let merged = permutation.map { inner.permutation[$0] }
      return try transposed(inputs[0], by: merged, name: name)
    }
    guard permutation != Array(permutation.indices) else { return value }
    return try apply(Transpose(permutation: permutation), [value], name: name)
  }

  /// The value under another shape; a reshape that made it is taken along.
  mutating func reshaped(
    _ value: Value, to shape: Shape, name: String
  ) throws(OperatorError) -> Value {
    if let (_, inputs) = producer(of: value, as: Reshape.self) {
      return try reshaped(inputs[0], to: shape, name: name)
    }
    guard type(of: value).shape != shape else { return value }
    return try apply(Reshape(shape: shape), [value], name: name)
  }
}

/// The permutation that undoes another.
func inverse(of permutation: [Int]) -> [Int] {
  var inverse = permutation
  for (position, axis) in permutation.enumerated() { inverse[axis] = position }
  return inverse
}

extension Shape {
  /// Whether permuting the axes leaves the elements in their order: only axes of extent 1 pass
  /// others.
  func keepsOrder(under permutation: [Int]) -> Bool {
    let moved = permutation.filter { extents[$0] > 1 }
    return moved == moved.sorted()
  }
}
