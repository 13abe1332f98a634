// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Recognises attention: `softmax(scale · q·kᵀ + mask) · v` over `[batch, heads, rows, depth]`.
  package static let attentionFusion = Pass("attention fusion") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let product = node.operation as? MatMul, !product.isTransposed,
        let attention = AttentionPattern(weights: inputs[0], values: inputs[1], builder)
      else { return nil }
      // Only where shapes agree without broadcasting.
      let types = attention.inputs.map { builder.type(of: $0) }
      guard let output = try? attention.operation.inferTypes(types),
        output == [graph.type(of: node.outputs[0])]
      else { return nil }
      return try builder.add(attention.operation, attention.inputs, name: node.name)
    }
  }

  /// Lets attention read and write rows before heads, as dense layers have them.
  package static let attentionLayout = Pass("attention layout") { (graph) throws(OperatorError) in
    let isReadOnce = graph.isReadOnce
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      switch node.operation {
      case var attention as Attention:
        var sources = inputs
        for (index, operand) in [Attention.Operands.query, .key, .value].enumerated() {
          guard let source = builder.headsMoved(inputs[index]) else { continue }
          sources[index] = source
          attention.rowsFirst.formSymmetricDifference(operand)
        }
        return sources == inputs ? nil : try builder.add(attention, sources, name: node.name)
      case let transpose as Transpose where transpose.permutation == [0, 2, 1, 3]:
        guard isReadOnce[node.inputs[0].id],
          var (attention, sources) = builder.producer(of: inputs[0], as: Attention.self)
        else { return nil }
        attention.rowsFirst.formSymmetricDifference(.output)
        return try builder.add(attention, sources, name: node.name)
      default: return nil
      }
    }
  }
}

/// Attention written out.
private struct AttentionPattern {
  let operation: Attention
  let inputs: [Value]

  /// Reads the weights of the values: a softmax over keys, NaN perhaps replaced by 0.
  init?(weights: Value, values: Value, _ builder: GraphBuilder) {
    let unguarded = builder.nanReplacedByZero(weights)
    guard let (softmax, logits) = builder.producer(of: unguarded ?? weights, as: Softmax.self),
      softmax.beta == 1
    else { return nil }
    var (scores, mask): (Value, Value?) = (logits[0], nil)
    if let (add, addends) = builder.producer(of: scores, as: Add.self), add.activation == .none {
      let isFirst = builder.scaledProduct(addends[0]) != nil
      (scores, mask) = isFirst ? (addends[0], addends[1]) : (addends[1], addends[0])
    }
    guard let (factor, product, operands) = builder.scaledProduct(scores) else { return nil }
    let query = ScalarProduct(operands[0], in: builder)
    let key = ScalarProduct(operands[1], in: builder)
    guard query.factors.count == 1, key.factors.count == 1,
      let keys = product.isTransposed
        ? (key.factors[0], isRowsFirst: false) : builder.matrixTransposed(key.factors[0])
    else { return nil }
    let isCausal = mask.map { builder.isCausalMask($0) } ?? false
    operation = Attention(
      scale: Float(factor * query.number * key.number), isCausal: isCausal,
      zeroesUnseen: unguarded != nil, rowsFirst: keys.isRowsFirst ? .key : [])
    inputs = [query.factors[0], keys.0, values] + (isCausal ? [] : [mask].compactMap { $0 })
  }
}

extension GraphBuilder {
  /// The product of two matrices that a value is a multiple of.
  fileprivate func scaledProduct(_ value: Value) -> (Double, MatMul, [Value])? {
    let product = ScalarProduct(value, in: self)
    guard product.factors.count == 1,
      let (matMul, inputs) = producer(of: product.factors[0], as: MatMul.self)
    else { return nil }
    return (product.number, matMul, inputs)
  }

  /// `[batch, heads, keys, depth]`, or the same with keys before heads, when the value is `[batch,
  /// heads, depth, keys]`.
  ///
  /// Batch and heads may be one axis meanwhile.
  fileprivate func matrixTransposed(_ value: Value) -> (Value, isRowsFirst: Bool)? {
    let shape = type(of: value).shape
    guard shape.rank == 4 else { return nil }
    if let (transpose, inputs) = producer(of: value, as: Transpose.self) {
      switch transpose.permutation {
      case [0, 1, 3, 2]: return (inputs[0], false)
      case [0, 2, 3, 1]: return (inputs[0], true)
      default: return nil
      }
    }
    guard let (_, merged) = producer(of: value, as: Reshape.self),
      let (transpose, inner) = producer(of: merged[0], as: Transpose.self),
      transpose.permutation == [0, 2, 1],
      let (_, sources) = producer(of: inner[0], as: Reshape.self),
      type(of: merged[0]).shape.extents == [shape[0] * shape[1], shape[2], shape[3]],
      type(of: sources[0]).shape.extents == [shape[0], shape[1], shape[3], shape[2]]
    else { return nil }
    return (sources[0], false)
  }

  /// `[batch, rows, heads, depth]`, when the value is the same with heads before rows.
  fileprivate func headsMoved(_ value: Value) -> Value? {
    guard let (transpose, inputs) = producer(of: value, as: Transpose.self),
      transpose.permutation == [0, 2, 1, 3]
    else { return nil }
    return inputs[0]
  }

  /// Whether a mask adds −∞ to the keys behind a query and 0 to the others.
  fileprivate func isCausalMask(_ value: Value) -> Bool {
    guard let mask = constant(value), mask.type.dtype == .float32, mask.type.shape.rank >= 2,
      mask.type.shape.extents.dropLast(2).allSatisfy({ $0 == 1 })
    else { return false }
    let (rows, keys) = (mask.type.shape[-2], mask.type.shape[-1])
    guard rows > 1, keys >= rows else { return false }
    return mask.float32Values.enumerated().allSatisfy { index, added in
      added == (index % keys > index / keys + keys - rows ? -.infinity : 0)
    }
  }

  /// x, when the value is x with 0 in place of NaN.
  fileprivate func nanReplacedByZero(_ value: Value) -> Value? {
    guard let (_, inputs) = producer(of: value, as: Select.self), scalar(inputs[1]) == 0,
      let (comparison, compared) = producer(of: inputs[0], as: Comparison.self),
      comparison.relation == .notEqual, compared == [inputs[2], inputs[2]]
    else { return nil }
    return inputs[2]
  }
}
