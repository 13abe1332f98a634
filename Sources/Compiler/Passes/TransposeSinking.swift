// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Moves transposes towards the outputs, so that those of an NCHW model meet and cancel.
  ///
  /// `f(transpose(x))` becomes `transpose(f(x))` where f treats all axes alike or can be told the
  /// new axis. What comes out is the model in channels last, with transposes at its edges.
  package static let transposeSinking = Pass("transpose sinking") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      if let transpose = node.operation as? Transpose {
        return [try hoisted(transpose, over: inputs[0], &builder, name: node.name)]
      }
      return try sunk(node, inputs, &builder, quantization: graph.type(of: node.outputs[0]))
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

/// The transpose, done before a padding rather than after: on less data, and next to what reads it.
private func hoisted(
  _ transpose: Transpose, over input: Value, _ builder: inout GraphBuilder, name: String
) throws(OperatorError) -> Value {
  guard let (pad, inputs) = builder.producer(of: input, as: Pad.self) else {
    return try builder.transposed(input, by: transpose.permutation, name: name)
  }
  let source = try builder.transposed(inputs[0], by: transpose.permutation, name: name)
  let moved = Pad(
    before: transpose.permutation.map { pad.before[$0] },
    after: transpose.permutation.map { pad.after[$0] }, value: pad.value)
  return try builder.apply(
    moved, [source], quantization: builder.type(of: input).quantization, name: name)
}

/// The node on untransposed inputs, and the transpose behind it; `nil` when they do not commute.
private func sunk(
  _ node: Node, _ inputs: [Value], _ builder: inout GraphBuilder, quantization output: TensorType
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
  case let softmax as Softmax:
    return permutation.last == permutation.count - 1 ? softmax : nil
  case let concatenation as Concatenation:
    return Concatenation(axis: permutation[concatenation.axis])
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
