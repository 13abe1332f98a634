// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A layer of long short-term memory cells run over a sequence.
///
/// With i, o, f and g the sums `weights · x + recurrent weights · h + bias` of the four gates:
/// `c' = clamp(sigmoid(f) · c + sigmoid(i) · tanh(g))`, `h' = sigmoid(o) · tanh(c')`.
///
/// Inputs: x `[T, N, I]`, or `[N, T, I]` when batch major; weights `[4·H, I]`, recurrent weights
/// `[4·H, H]` and bias `[4·H]`, gates in the order i, o, f, g; optional initial h and c `[N, H]`,
/// zero when left out. Every run starts there: nothing is kept from one run to the next.
///
/// In int8 h is stored in the output's scale, c and the gates are float32. Source: Hochreiter and
/// Schmidhuber 1997; ONNX `LSTM`; TFLite `UNIDIRECTIONAL_SEQUENCE_LSTM`.
package struct LSTM: Operator, Hashable {
  package static let name = "LSTM"
  package static let spellings: [Spelling] = [
    .onnx("LSTM", since: 7, fromONNX),
    .tflite(44, fromTFLite),
  ]
  package static let inputCount = 4...6
  package static let quantization = QuantizationRule.freeOutputScale

  /// What the layer gives.
  package enum Result: Hashable, Sendable {
    /// h after every step, in the order of x.
    case sequence
    /// h after the last step, `[N, H]`.
    case last
    /// h after every step and the last c, `[T + 1, N, H]`; not batch major.
    case sequenceAndCell
    /// The last h and the last c, `[2, N, H]`.
    case lastAndCell

    package var hasSequence: Bool { self == .sequence || self == .sequenceAndCell }
    var hasCell: Bool { self == .sequenceAndCell || self == .lastAndCell }
  }

  package var result: Result
  package var isBatchMajor: Bool

  /// Whether the last step comes first.
  package var isReversed: Bool

  /// What c is clamped to after every step.
  package var cellRange: ActivationRange

  /// The int8 that h is stored in between steps, and leaves in; `nil` in float32.
  package var hidden: QuantizationParameters?

  package init(
    _ result: Result = .sequence, isBatchMajor: Bool = false, isReversed: Bool = false,
    cellRange: ActivationRange = .none, hidden: QuantizationParameters? = nil
  ) {
    self.result = result
    self.isBatchMajor = isBatchMajor
    self.isReversed = isReversed
    self.cellRange = cellRange
    self.hidden = hidden
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 3...3, input: 0)
    try inputs[0].checkArithmetic(input: 0)
    try inputs[1].check(rank: 2...2, input: 1)
    try inputs[2].check(rank: 2...2, input: 2)
    let extents = RecurrentExtents(
      of: inputs[0].shape, weights: inputs[2].shape, isBatchMajor: isBatchMajor)
    let columns = lstmGateCount * extents.hidden
    try inputs[1].check(extents: [columns, extents.input], input: 1)
    try inputs[2].check(extents: [columns, extents.hidden], input: 2)
    try inputs[3].check(extents: [columns], input: 3)
    try checkDTypes(inputs)
    if inputs.count > 4 {
      guard inputs.count == 6 else { throw .inputMissing(input: 5) }
      try inputs[4].check(extents: [extents.batch, extents.hidden], input: 4)
      try inputs[5].check(extents: [extents.batch, extents.hidden], input: 5)
    }
    guard !isBatchMajor || result != .sequenceAndCell else {
      throw .attributeValue("layout", .int(1))
    }
    return [
      TensorType(
        inputs[0].dtype, try Shape(checked: outputExtents(extents)), quantization: hidden)
    ]
  }

  private func checkDTypes(_ inputs: [TensorType]) throws(OperatorError) {
    guard inputs[0].dtype == .int8 else {
      guard hidden == nil else { throw .dtype(input: 0, actual: inputs[0].dtype) }
      for index in inputs.indices { try inputs[index].check(dtype: .float32, input: index) }
      return
    }
    try inputs[1].check(dtype: .int8, input: 1)
    try inputs[2].check(dtype: .int8, input: 2)
    try inputs[3].check(dtype: .int32, .float32, input: 3)
    guard inputs.count == 4 else { throw .inputUnsupported(input: 4) }
    guard !result.hasCell else { throw .dtype(input: 0, actual: .int8) }
    guard hidden?.perTensor != nil else { throw .outputQuantizationMissing }
  }

  private func outputExtents(_ extents: RecurrentExtents) -> [Int] {
    switch result {
    case .last: [extents.batch, extents.hidden]
    case .lastAndCell: [2, extents.batch, extents.hidden]
    case .sequenceAndCell: [extents.steps + 1, extents.batch, extents.hidden]
    case .sequence where isBatchMajor: [extents.batch, extents.steps, extents.hidden]
    case .sequence: [extents.steps, extents.batch, extents.hidden]
    }
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let extents = RecurrentExtents(
      of: inputs[0].shape, weights: inputs[2].shape, isBatchMajor: isBatchMajor)
    let shape = Shape(outputExtents(extents))
    var y = ReferenceTensor(shape, repeating: 0)
    let units = extents.hidden
    for row in 0..<extents.batch {
      let state = row * units..<(row + 1) * units
      var h = inputs.count > 4 ? Array(inputs[4].values[state]) : Array(repeating: 0, count: units)
      var c = inputs.count > 5 ? Array(inputs[5].values[state]) : Array(repeating: 0, count: units)
      for index in 0..<extents.steps {
        let time = isReversed ? extents.steps - 1 - index : index
        let x = extents.offset(row, time, isBatchMajor) * extents.input
        step(inputs, x: Array(inputs[0].values[x..<x + extents.input]), h: &h, c: &c)
        let at = result.hasSequence ? extents.offset(row, time, isBatchMajor) : row
        y.values.replaceSubrange(at * units..<(at + 1) * units, with: h)
      }
      guard result.hasCell else { continue }
      let at = shape.elementCount - (extents.batch - row) * units
      y.values.replaceSubrange(at..<at + units, with: c)
    }
    return [y]
  }

  /// One time step of one sequence.
  private func step(
    _ inputs: [ReferenceTensor], x: [Double], h: inout [Double], c: inout [Double]
  ) {
    let units = h.count
    var gates = inputs[3].values
    for column in gates.indices {
      for k in x.indices { gates[column] += x[k] * inputs[1].values[column * x.count + k] }
      for k in h.indices { gates[column] += h[k] * inputs[2].values[column * units + k] }
    }
    for unit in 0..<units {
      let (i, o) = (logistic(gates[unit]), logistic(gates[units + unit]))
      let (f, g) = (logistic(gates[2 * units + unit]), hyperbolicTangent(gates[3 * units + unit]))
      c[unit] = cellRange(f * c[unit] + i * g)
      h[unit] = o * hyperbolicTangent(c[unit])
    }
    guard let hidden else { return }
    h =
      ReferenceTensor([units], h)
      .rounded(to: TensorType(.int8, [units], quantization: hidden)).values
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let extents = RecurrentExtents(
      of: node.inputs[0].shape, weights: node.inputs[2].shape, isBatchMajor: isBatchMajor)
    return .step(
      try node.isQuantized() ? integerLSTM(node, extents) : floatLSTM(node, extents))
  }
}

// MARK: - Samples

extension LSTM {
  package static let samples: [Sample] = [
    float("float32", LSTM(), [5, 1, 7], hidden: 20),
    float("float32, last", LSTM(.last, isBatchMajor: true), [3, 4, 5], hidden: 16),
    float("float32, reversed", LSTM(.sequenceAndCell, isReversed: true), [4, 2, 3], hidden: 33),
    float(
      "float32, clipped",
      LSTM(.lastAndCell, isReversed: true, cellRange: ActivationRange(min: -0.5, max: 0.5)),
      [6, 2, 9], hidden: 5, hasState: true),
    int8("int8", LSTM(isBatchMajor: true), [2, 6, 7], hidden: 20),
    int8("int8, last", LSTM(.last, isReversed: true), [5, 3, 16], hidden: 35),
  ]

  private static func float(
    _ label: String, _ operation: LSTM, _ x: Shape, hidden: Int, hasState: Bool = false
  ) -> Sample {
    let columns = lstmGateCount * hidden
    let batch = operation.isBatchMajor ? x[0] : x[1]
    var inputs: [Sample.Input] = [
      .variable(.float(x)), .constant(.float([columns, x[2]])),
      .constant(.float([columns, hidden]), -0.5...0.5), .constant(.float([columns])),
    ]
    if hasState {
      inputs += [.variable(.float([batch, hidden]), -1...1), .variable(.float([batch, hidden]))]
    }
    return Sample(label, operation, inputs)
  }

  private static func int8(_ label: String, _ operation: LSTM, _ x: Shape, hidden: Int) -> Sample {
    let columns = lstmGateCount * hidden
    let input = TensorType.int8(x, scale: 0.02, zeroPoint: -7)
    let weights = TensorType.weights([columns, x[2]], channelAxis: 0)
    var operation = operation
    operation.hidden = QuantizationParameters(scale: 1.0 / 128, zeroPoint: 3)
    operation.cellRange = ActivationRange(min: -4, max: 4)
    return Sample(
      label, operation,
      [
        .variable(input), .constant(weights, -0.6...0.6),
        .constant(.weights([columns, hidden], channelAxis: 0), -0.6...0.6),
        .constant(.bias(inputScale: 0.02, weights: weights)),
      ])
  }
}
