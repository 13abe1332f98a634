// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Attention of many heads: `y = softmax(scale · q·kᵀ + mask) · v`, softmax over the keys.
///
/// Inputs: q `[B, H, R, D]`, k `[B, G, S, D]`, v `[B, G, S, E]`, optional mask that broadcasts to
/// `[B, H, R, S]`; output `[B, H, R, E]`. Heads share keys and values in G groups. Float32 only.
/// Source: Vaswani et al. 2017, arXiv:1706.03762.
package struct Attention: Operator, Hashable {
  /// Operands that are `[B, rows, heads, depth]`, as dense layers make and take them.
  package struct Operands: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let query = Operands(rawValue: 1)
    package static let key = Operands(rawValue: 2)
    package static let value = Operands(rawValue: 4)
    package static let output = Operands(rawValue: 8)
  }

  package static let name = "Attention"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...4
  package static let quantization = QuantizationRule.floatOnly

  package var scale: Float

  /// Whether query r sees no key behind r + S − R.
  package var isCausal: Bool

  /// Whether a query that sees nothing, for all its scores are −∞, gets 0 and not NaN.
  package var zeroesUnseen: Bool
  package var rowsFirst: Operands

  package init(
    scale: Float, isCausal: Bool = false, zeroesUnseen: Bool = false, rowsFirst: Operands = []
  ) {
    self.scale = scale
    self.isCausal = isCausal
    self.zeroesUnseen = zeroesUnseen
    self.rowsFirst = rowsFirst
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFinite("scale", scale)
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: .float32, input: index)
      try input.check(rank: index < 3 ? 4...4 : 0...4, input: index)
    }
    let q = heads(inputs[0].shape, .query)
    let (k, v) = (heads(inputs[1].shape, .key), heads(inputs[2].shape, .value))
    let keys = [q.batch, k.heads, k.rows, q.depth]
    try inputs[1].check(extents: arranged(keys, .key), input: 1)
    try inputs[2].check(extents: arranged([q.batch, k.heads, k.rows, v.depth], .value), input: 2)
    guard q.heads % k.heads == 0 else {
      throw .elementCount(input: 1, expected: q.heads, actual: k.heads)
    }
    if isCausal, k.rows < q.rows {
      throw .elementCount(input: 1, expected: q.rows, actual: k.rows)
    }
    if inputs.count > 3 { _ = try maskAxes(inputs[3].shape, [q.batch, q.heads, q.rows, k.rows]) }
    let output = arranged([q.batch, q.heads, q.rows, v.depth], .output)
    return [inputs[0].output(try Shape(checked: output))]
  }

  /// The extents of an operand, whichever way it is arranged.
  package func heads(
    _ shape: Shape, _ operand: Operands
  ) -> (batch: Int, heads: Int, rows: Int, depth: Int) {
    let isRowsFirst = rowsFirst.contains(operand)
    return (shape[0], shape[isRowsFirst ? 2 : 1], shape[isRowsFirst ? 1 : 2], shape[3])
  }

  /// `[batch, heads, rows, depth]` as the operand has it.
  private func arranged(_ extents: [Int], _ operand: Operands) -> [Int] {
    rowsFirst.contains(operand) ? [extents[0], extents[2], extents[1], extents[3]] : extents
  }

  /// A bit for each axis of the scores along which the mask varies.
  private func maskAxes(_ mask: Shape, _ scores: [Int]) throws(OperatorError) -> UInt32 {
    var axes: UInt32 = 0
    for (position, extent) in mask.extents.reversed().enumerated() where extent != 1 {
      guard extent == scores[3 - position] else {
        throw .shapesDoNotBroadcast(mask, try Shape(checked: scores))
      }
      axes |= 8 >> UInt32(position)
    }
    return axes
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let q = heads(node.inputs[0].shape, .query)
    let (k, v) = (heads(node.inputs[1].shape, .key), heads(node.inputs[2].shape, .value))
    let hasMask = node.inputs.count > 3
    let scores = [q.batch, q.heads, q.rows, k.rows]
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_attention_fma
      case .muladd: .UK_CONTRACT_f32_attention_muladd
      }
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_attention_parameters(
          batch: UInt32(q.batch), heads: UInt32(q.heads), key_heads: UInt32(k.heads),
          rows: UInt32(q.rows), keys: UInt32(k.rows), depth: UInt32(q.depth),
          value_depth: UInt32(v.depth), rows_first: rowsFirst.rawValue & 15,
          mask_axes: hasMask ? try maskAxes(node.inputs[3].shape, scores) : 0,
          is_causal: isCausal ? 1 : 0, zeroes_nan: zeroesUnseen ? 1 : 0, scale: scale),
        operands: [
          .input(0), .input(1), .input(2), hasMask ? .input(3) : .table([Float(0)], .float32),
          .output(0),
        ],
        macCount: q.batch * q.heads * q.rows * k.rows * (q.depth + v.depth)))
  }
}

// MARK: - Reference

extension Attention {
  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let q = heads(inputs[0].shape, .query)
    let (k, v) = (heads(inputs[1].shape, .key), heads(inputs[2].shape, .value))
    let masks = maskIndices(inputs.count > 3 ? inputs[3].shape : [], q, keys: k.rows)
    let mask = inputs.count > 3 ? inputs[3].values : [0]
    func element(
      _ x: ReferenceTensor, _ operand: Operands, _ b: Int, _ h: Int, _ row: Int, _ i: Int
    ) -> Double {
      let (first, second) = rowsFirst.contains(operand) ? (row, h) : (h, row)
      return x.values[((b * x.shape[1] + first) * x.shape[2] + second) * x.shape[3] + i]
    }
    let output = Shape(arranged([q.batch, q.heads, q.rows, v.depth], .output))
    var y = ReferenceTensor(output, repeating: 0)
    for (index, row) in stridedIndices([q.batch * q.heads * q.rows], [k.rows]).enumerated() {
      let (r, h, b) = (index % q.rows, index / q.rows % q.heads, index / q.rows / q.heads)
      let group = h / (q.heads / k.heads)
      let scores = (0..<k.rows).map { s in
        let product = (0..<q.depth).reduce(0) {
          $0 + element(inputs[0], .query, b, h, r, $1) * element(inputs[1], .key, b, group, s, $1)
        }
        return isCausal && s > r + k.rows - q.rows
          ? -.infinity : Double(scale) * product + mask[masks[row + s]]
      }
      let weights = weights(of: scores)
      let (first, second) = rowsFirst.contains(.output) ? (r, h) : (h, r)
      let start = ((b * output[1] + first) * output[2] + second) * v.depth
      for i in 0..<v.depth {
        y.values[start + i] = (0..<k.rows).reduce(0) {
          $0 + weights[$1] * element(inputs[2], .value, b, group, $1, i)
        }
      }
    }
    return [y]
  }

  /// For each score the index of its mask.
  private func maskIndices(
    _ mask: Shape, _ q: (batch: Int, heads: Int, rows: Int, depth: Int), keys: Int
  ) -> [Int] {
    let extents = [Int](repeating: 1, count: 4 - mask.rank) + mask.extents
    let strides = zip(extents, Shape(extents).strides).map { $0 == 1 ? 0 : $1 }
    return stridedIndices([q.batch, q.heads, q.rows, keys], strides)
  }

  private func weights(of scores: [Double]) -> [Double] {
    let greatest = scores.reduce(-.infinity, max)
    let powers = scores.map { exponential($0 - greatest) }
    let sum = powers.reduce(0, +)
    return powers.map { zeroesUnseen && ($0 / sum).isNaN ? 0 : $0 / sum }
  }
}

// MARK: - Samples

extension Attention {
  package static let samples: [Sample] = [
    Sample(
      "float32", Attention(scale: 0.3),
      [
        .variable(.float([2, 3, 5, 19])), .variable(.float([2, 3, 21, 19])),
        .variable(.float([2, 3, 21, 17])),
      ]),
    Sample(
      "float32, mask of keys", Attention(scale: 0.25, rowsFirst: [.query, .key, .value, .output]),
      [
        .variable(.float([2, 9, 2, 16])), .variable(.float([2, 11, 2, 16])),
        .variable(.float([2, 11, 2, 16])), .variable(.float([2, 1, 1, 11]), -1...0),
      ]),
    Sample(
      "float32, causal, groups", Attention(scale: 0.25, isCausal: true, rowsFirst: [.value]),
      [
        .variable(.float([1, 4, 7, 8])), .variable(.float([1, 2, 9, 8])),
        .variable(.float([1, 9, 2, 8])), .constant(.float([7, 9])),
      ]),
    Sample(
      "float32, unseen", Attention(scale: 0.5, zeroesUnseen: true),
      [
        .variable(.float([1, 2, 3, 4])), .variable(.float([1, 2, 3, 4])),
        .variable(.float([1, 2, 3, 4])),
        .data(TensorData([3, 1], float32: [0, -.infinity, -1])),
      ]),
  ]
}
