// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Moves transposes towards the outputs, so that those of an NCHW model meet and cancel.
  ///
  /// `f(transpose(x))` becomes `transpose(f(x))` where f treats all axes alike or can be told the
  /// new axis. What comes out is the model in channels last, with transposes at its edges. There
  /// they move ahead of padding and dequantisation: on to fewer bytes, and out of the way of what
  /// reads these.
  package static let transposeSinking = Pass("transpose sinking") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      switch node.operation {
      case let transpose as Transpose:
        return [
          try hoisted(transpose.permutation, over: inputs[0], &builder, name: node.name)
        ]
      case let reshape as Reshape:
        if let moved = try hoisted(reshape, over: inputs[0], &builder, name: node.name) {
          return [moved]
        }
        return try sunk(reshape, over: inputs[0], &builder, name: node.name).map { [$0] }
      default:
        return try sunk(node, inputs, &builder, output: graph.type(of: node.outputs[0]))
      }
    }
  }

  /// Makes reshapes, which cost nothing, of the transposes that only move axes of extent 1.
  package static let freeTransposes = Pass("free transposes") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let transpose = node.operation as? Transpose,
        graph.type(of: node.inputs[0]).shape.keepsOrder(under: transpose.permutation)
      else { return nil }
      let shape = graph.type(of: node.outputs[0]).shape
      return [try builder.reshaped(inputs[0], to: shape, name: node.name)]
    }
  }
}

/// The transpose of a value, done before its padding or dequantisation rather than after.
private func hoisted(
  _ permutation: [Int], over value: Value, _ builder: inout GraphBuilder, name: String
) throws(OperatorError) -> Value {
  guard let producer = builder.producer(of: value) else {
    return try builder.transposed(value, by: permutation, name: name)
  }
  let operation: any Operator
  switch producer.operation {
  case let inner as Transpose:
    let merged = permutation.map { inner.permutation[$0] }
    return try hoisted(merged, over: producer.inputs[0], &builder, name: name)
  case let pad as Pad:
    operation = Pad(
      before: permutation.map { pad.before[$0] }, after: permutation.map { pad.after[$0] },
      value: pad.value)
  case let dequantize as Dequantize:
    operation = dequantize
  default:
    return try builder.transposed(value, by: permutation, name: name)
  }
  guard permutation != permutation.sorted() else { return value }
  let source = try hoisted(permutation, over: producer.inputs[0], &builder, name: name)
  return try builder.apply(operation, [source], name: name)
}

/// The reshape, done before a dequantisation rather than after; `nil` when there is none.
private func hoisted(
  _ reshape: Reshape, over value: Value, _ builder: inout GraphBuilder, name: String
) throws(OperatorError) -> Value? {
  guard let (dequantize, sources) = builder.producer(of: value, as: Dequantize.self),
    // Scales along an axis may not survive a reshape.
    (try? reshape.inferTypes([builder.type(of: sources[0])])) != nil
  else { return nil }
  let source = try builder.reshaped(sources[0], to: reshape.shape, name: name)
  return try builder.apply(dequantize, [source], name: name)
}

/// The node on untransposed inputs, and the transpose behind it; `nil` when they do not commute.
private func sunk(
  _ node: Node, _ inputs: [Value], _ builder: inout GraphBuilder, output: TensorType
) throws(OperatorError) -> [Value]? {
  let permutations = inputs.compactMap {
    builder.producer(of: $0, as: Transpose.self)?.operation.permutation
  }
  guard let permutation = permutations.first, output.shape.rank == permutation.count,
    let operation = commuted(node.operation, with: permutation),
    inputs.allSatisfy({ isFreeToMove($0, by: permutation, builder) })
  else { return nil }
  var sources: [Value] = []
  for input in inputs { sources.append(try moved(input, by: permutation, &builder)) }
  let result = try builder.apply(
    operation, sources, quantization: output.quantization, name: node.name)
  return [try builder.transposed(result, by: permutation, name: node.name)]
}

/// The operator that, before the transpose, does what the given one does behind it.
///
/// `nil` when there is none.
private func commuted(_ operation: any Operator, with permutation: [Int]) -> (any Operator)? {
  switch operation {
  case is any ElementwiseOperator:
    return operation
  case is Softmax, is LayerNormalization, is RMSNormalization:
    return permutation.last == permutation.count - 1 ? operation : nil
  case let reduce as Reduce:
    let axes = permutation[reduce.axes].sorted()
    let moved = axes[0]...axes[axes.count - 1]
    return moved.count == axes.count ? Reduce(reduce.kind, axes: moved) : nil
  case let concatenation as Concatenation:
    let axis = concatenation.axis
    return Concatenation(axis: permutation[axis < 0 ? axis + permutation.count : axis])
  case let slice as Slice:
    let positions = inverse(of: permutation)
    return Slice(
      start: positions.map { slice.start[$0] }, step: positions.map { slice.step[$0] },
      count: positions.map { slice.count[$0] })
  case let pad as Pad:
    let positions = inverse(of: permutation)
    return Pad(
      before: positions.map { pad.before[$0] }, after: positions.map { pad.after[$0] },
      value: pad.value)
  default:
    return nil
  }
}

/// Whether a value is the transpose of another, or costs nothing to permute back.
private func isFreeToMove(_ value: Value, by permutation: [Int], _ builder: GraphBuilder) -> Bool {
  if let (transpose, _) = builder.producer(of: value, as: Transpose.self) {
    return transpose.permutation == permutation
  }
  let shape = builder.type(of: value).shape
  return builder.constant(value) != nil || shape.extents.count { $0 > 1 } <= 1
}

/// What a value is before the transpose.
private func moved(
  _ value: Value, by permutation: [Int], _ builder: inout GraphBuilder
) throws(OperatorError) -> Value {
  let shape = builder.type(of: value).shape
  guard shape.elementCount > 1 || shape.rank == permutation.count else { return value }
  let name = builder.name(of: value)
  let padding = [Int](repeating: 1, count: permutation.count - shape.rank)
  let full = try builder.reshaped(value, to: Shape(padding + shape.extents), name: name)
  return try builder.transposed(full, by: inverse(of: permutation), name: name)
}
