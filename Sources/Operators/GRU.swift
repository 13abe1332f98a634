// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A layer of gated recurrent units run over a sequence.
///
/// With z and r the sums `weights · x + recurrent weights · h + bias` of two gates, n that of the
/// third over x and m over h: `n' = tanh(n + sigmoid(r) · m)`,
/// `h' = (1 − sigmoid(z)) · n' + sigmoid(z) · h`. Where the reset comes first, m is the sum over
/// `sigmoid(r) · h`, and added as it is.
///
/// Inputs: x `[T, N, I]`; weights `[3·H, I]` and recurrent weights `[3·H, H]`, gates in the order
/// z, r, n; bias `[4·H]` of z, r, n and m; optional initial h `[N, H]`, zero when left out. Output:
/// h after every step, `[T, N, H]`, or after the last, `[N, H]`. Source: Cho et al. 2014,
/// arXiv:1406.1078; ONNX `GRU`.
package struct GRU: Operator, Hashable {
  package static let name = "GRU"
  package static let spellings: [Spelling] = [.onnx("GRU", since: 7, fromONNX)]
  package static let inputCount = 4...5
  package static let quantization = QuantizationRule.floatOnly

  static let gateCount = 3

  /// Whether h is given after every step.
  package var givesSequence: Bool

  /// Whether the last step comes first.
  package var isReversed: Bool

  /// Whether the reset multiplies the product with h, and not h itself.
  package var resetsAfter: Bool

  package init(givesSequence: Bool = true, isReversed: Bool = false, resetsAfter: Bool = false) {
    self.givesSequence = givesSequence
    self.isReversed = isReversed
    self.resetsAfter = resetsAfter
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 3...3, input: 0)
    try inputs[1].check(rank: 2...2, input: 1)
    try inputs[2].check(rank: 2...2, input: 2)
    for index in inputs.indices { try inputs[index].check(dtype: .float32, input: index) }
    let extents = extents(inputs.map(\.shape))
    let columns = Self.gateCount * extents.hidden
    try inputs[1].check(extents: [columns, extents.input], input: 1)
    try inputs[2].check(extents: [columns, extents.hidden], input: 2)
    try inputs[3].check(extents: [columns + extents.hidden], input: 3)
    if inputs.count > 4 { try inputs[4].check(extents: [extents.batch, extents.hidden], input: 4) }
    return [inputs[0].output(try Shape(checked: outputExtents(extents)))]
  }

  private func extents(_ shapes: [Shape]) -> RecurrentExtents {
    RecurrentExtents(of: shapes[0], weights: shapes[2], isBatchMajor: false)
  }

  private func outputExtents(_ extents: RecurrentExtents) -> [Int] {
    (givesSequence ? [extents.steps] : []) + [extents.batch, extents.hidden]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let extents = extents(inputs.map(\.shape))
    var y = ReferenceTensor(Shape(outputExtents(extents)), repeating: 0)
    let units = extents.hidden
    for row in 0..<extents.batch {
      var h = [Double](repeating: 0, count: units)
      if inputs.count > 4 { h = Array(inputs[4].values[row * units..<(row + 1) * units]) }
      for index in 0..<extents.steps {
        let time = isReversed ? extents.steps - 1 - index : index
        let vector = extents.offset(row, time, false)
        let x = inputs[0].values[vector * extents.input..<(vector + 1) * extents.input]
        h = step(inputs, x: Array(x), h: h)
        let at = (givesSequence ? vector : row) * units
        y.values.replaceSubrange(at..<at + units, with: h)
      }
    }
    return [y]
  }

  /// The next h of one sequence.
  private func step(_ inputs: [ReferenceTensor], x: [Double], h: [Double]) -> [Double] {
    let units = h.count
    /// The sum of an entry of the bias and a row of weights over a vector.
    func sum(_ entry: Int, _ weights: ReferenceTensor, _ row: Int, _ vector: [Double]) -> Double {
      vector.indices.reduce(entry < 0 ? 0 : inputs[3].values[entry]) {
        $0 + vector[$1] * weights.values[row * vector.count + $1]
      }
    }
    let gates = (0..<2 * units).map { row in
      logistic(sum(row, inputs[1], row, x) + sum(-1, inputs[2], row, h))
    }
    let reset = (0..<units).map { gates[units + $0] * h[$0] }
    return (0..<units).map { unit in
      let n = sum(2 * units + unit, inputs[1], 2 * units + unit, x)
      let m = sum(3 * units + unit, inputs[2], 2 * units + unit, resetsAfter ? h : reset)
      let candidate = hyperbolicTangent(n + (resetsAfter ? gates[units + unit] * m : m))
      return (1 - gates[unit]) * candidate + gates[unit] * h[unit]
    }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let extents = extents(node.inputs.map(\.shape))
    let weights = packGates(
      [
        GateWeights(values: try node.constant(1).float32Values, depth: extents.input),
        GateWeights(values: try node.constant(2).float32Values, depth: extents.hidden),
      ], gates: Self.gateCount, hidden: extents.hidden, group: 1)
    let bias = packGates(
      [GateWeights(values: try node.constant(3).float32Values, depth: 1)],
      gates: Self.gateCount + 1, hidden: extents.hidden, group: 1)
    let zeros = [Float](repeating: 0, count: extents.batch * extents.hidden)
    return .step(
      KernelRequest(
        node.floatClass == .fma ? .UK_CONTRACT_f32_gru_fma : .UK_CONTRACT_f32_gru_muladd,
        parameters: uk_gru(
          batch: UInt32(extents.batch), steps: UInt32(extents.steps),
          input: UInt32(extents.input), hidden: UInt32(extents.hidden), is_batch_major: 0,
          is_reversed: isReversed ? 1 : 0, writes_sequence: givesSequence ? 1 : 0,
          resets_after: resetsAfter ? 1 : 0),
        operands: [
          .input(0), .table(weights, .float32), .table(bias, .float32),
          node.inputs.count > 4 ? .input(4) : .table(zeros, .float32), .output(0),
        ], macCount: extents.macCount(gates: Self.gateCount)))
  }
}

// MARK: - Samples

extension GRU {
  package static let samples: [Sample] = [
    sample("float32", GRU(), [5, 1, 7], hidden: 20),
    sample("float32, last", GRU(givesSequence: false, resetsAfter: true), [4, 3, 5], hidden: 16),
    sample("float32, reversed", GRU(isReversed: true, resetsAfter: true), [4, 2, 3], hidden: 33),
    sample(
      "float32, with a state", GRU(givesSequence: false, isReversed: true), [6, 2, 9], hidden: 5,
      hasState: true),
  ]

  private static func sample(
    _ label: String, _ operation: GRU, _ x: Shape, hidden: Int, hasState: Bool = false
  ) -> Sample {
    let columns = gateCount * hidden
    var inputs: [Sample.Input] = [
      .variable(.float(x)), .constant(.float([columns, x[2]])),
      .constant(.float([columns, hidden]), -0.5...0.5), .constant(.float([columns + hidden])),
    ]
    if hasState { inputs.append(.variable(.float([x[1], hidden]), -1...1)) }
    return Sample(label, operation, inputs)
  }
}
