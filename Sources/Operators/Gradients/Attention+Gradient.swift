// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Attention's probabilities are computed again, by the operators that it is made of: with
/// p = softmax(scale · q·kᵀ + mask), dv = pᵀ·dy, ds = p · (dp − Σ p · dp) for dp = dy·vᵀ,
/// dq = scale · ds·k and dk = scale · dsᵀ·q.
extension Attention: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let heads = try Heads(self, node, &builder)
    guard (0...3).contains(where: { $0 != 2 && node.wants($0) }) else {
      return try node.each { (_) throws(OperatorError) in
        try heads.valueGradient(&builder)
      }
    }
    let scores = try heads.scoreGradient(&builder)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0: return try heads.queryGradient(scores, &builder)
      case 1: return try heads.keyGradient(scores, &builder)
      case 2: return try heads.valueGradient(&builder)
      default:
        let whole = try builder.reshaped(scores, as: heads.scoreShape)
        return try builder.summed(whole, to: builder.shape(of: node.inputs[3]))
      }
    }
  }
}

/// The operands as `[B, G, rows, depth]`: the heads that share keys are rows of one.
private struct Heads {
  let attention: Attention
  let query: Value
  let key: Value
  let value: Value

  /// The gradient of the output.
  let dy: Value

  /// Of each query for each key.
  let probabilities: Value

  /// `[B, H, R, S]`.
  let scoreShape: Shape

  init(
    _ attention: Attention, _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    self.attention = attention
    key = try builder.headsFirst(node.inputs[1], attention, .key)
    value = try builder.headsFirst(node.inputs[2], attention, .value)
    let q = attention.heads(builder.shape(of: node.inputs[0]), .query)
    let (groups, keys) = (builder.shape(of: key)[1], builder.shape(of: key)[2])
    func grouped(
      _ value: Value, _ operand: Attention.Operands
    ) throws(OperatorError) -> Value {
      let heads = try builder.headsFirst(value, attention, operand)
      let depth = builder.shape(of: heads)[3]
      return try builder.reshaped(
        heads, as: [q.batch, groups, q.heads / groups * q.rows, depth])
    }
    query = try grouped(node.inputs[0], .query)
    dy = try grouped(node.outputGradient, .output)
    scoreShape = [q.batch, q.heads, q.rows, keys]

    let products = try builder.apply(MatMul(isTransposed: true), [query, key])
    let groupedShape = builder.shape(of: products)
    var scores = try builder.reshaped(
      try builder.scaled(products, by: attention.scale), as: scoreShape)
    if node.inputs.count > 3 { scores = try builder.sum(scores, node.inputs[3]) }
    if attention.isCausal {
      scores = try builder.sum(scores, builder.causalMask(rows: q.rows, keys: keys))
    }
    var weights = try builder.apply(Softmax(), [scores])
    if attention.zeroesUnseen {
      let isUnseen = try builder.apply(Comparison(.notEqual), [weights, weights])
      weights = try builder.apply(Select(), [isUnseen, builder.scalar(0), weights])
    }
    probabilities = try builder.reshaped(weights, as: groupedShape)
  }

  /// The gradient of the scores before they are scaled up to the softmax, as the probabilities lie.
  func scoreGradient(_ builder: inout GraphBuilder) throws(OperatorError) -> Value {
    let slope = try builder.apply(MatMul(isTransposed: true), [dy, value])
    return try builder.apply(SoftmaxGradient(), [probabilities, slope])
  }

  func queryGradient(
    _ scores: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let product = try builder.apply(MatMul(), [scores, key])
    let heads = try builder.reshaped(
      try builder.scaled(product, by: attention.scale),
      as: [scoreShape[0], scoreShape[1], scoreShape[2], builder.shape(of: key)[3]])
    return try builder.headsFirst(heads, attention, .query)
  }

  func keyGradient(
    _ scores: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let product = try builder.apply(MatMul(), [try transposed(scores, &builder), query])
    return try builder.headsFirst(
      try builder.scaled(product, by: attention.scale), attention, .key)
  }

  func valueGradient(_ builder: inout GraphBuilder) throws(OperatorError) -> Value {
    let product = try builder.apply(MatMul(), [try transposed(probabilities, &builder), dy])
    return try builder.headsFirst(product, attention, .value)
  }

  private func transposed(
    _ value: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(Transpose(permutation: [0, 1, 3, 2]), [value])
  }
}

extension GraphBuilder {
  /// An operand with its heads before its rows, or such a value as the operand lies.
  fileprivate mutating func headsFirst(
    _ value: Value, _ attention: Attention, _ operand: Attention.Operands
  ) throws(OperatorError) -> Value {
    attention.rowsFirst.contains(operand)
      ? try apply(Transpose(permutation: [0, 2, 1, 3]), [value]) : value
  }

  /// −∞ for the keys that a query does not see, 0 for the others.
  fileprivate mutating func causalMask(rows: Int, keys: Int) -> Value {
    let elements = (0..<rows * keys).map { index in
      index % keys > index / keys + keys - rows ? -Float.infinity : 0
    }
    return constant(TensorData([rows, keys], float32: elements))
  }
}
