// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// What the recurrent operators of ONNX share: x, the weights of each direction, the layout.
struct ONNXRecurrentWeights {
  /// `[T, N, I]`.
  let x: Value
  let steps: Int
  let batch: Int
  let hidden: Int

  /// For each direction, whether it runs from the last step to the first.
  let directions: [Bool]
  private let isBatchMajor: Bool
  private let gates: Int

  init(_ node: inout ImportedNode, gates: Int) throws(OperatorError) {
    for name in ["activations", "activation_alpha", "activation_beta", "clip"] {
      guard let value = node.attributes[name] else { continue }
      throw .attributeValue(name, value)
    }
    let direction = try node.attributes.string("direction", default: "forward")
    switch direction {
    case "forward": directions = [false]
    case "reverse": directions = [true]
    case "bidirectional": directions = [false, true]
    default: throw .attributeValue("direction", .string(direction))
    }
    isBatchMajor = try node.attributes.bool("layout", default: false)
    self.gates = gates
    let input = try node.input(0)
    try node.type(of: input).check(rank: 3...3, input: 0)
    try node.type(of: input).check(dtype: .float32, input: 0)
    x = isBatchMajor ? try node.transposed(input, [1, 0, 2]) : input
    (steps, batch) = (node.shape(of: x)[0], node.shape(of: x)[1])
    let recurrent = node.type(of: try node.input(2))
    try recurrent.check(rank: 3...3, input: 2)
    hidden = recurrent.shape[2]
    if node.optionalInput(4) != nil {
      // Sequences that end early.
      let lengths = try node.indices(4)
      guard lengths.allSatisfy({ $0 == steps }) else { throw .inputUnsupported(input: 4) }
    }
  }

  /// Weights `[G·H, I]` and recurrent weights `[G·H, H]` of a direction.
  func constants(
    _ number: Int, _ node: inout ImportedNode
  ) throws(OperatorError) -> [Value] {
    let rows = gates * hidden
    var values: [Value] = []
    for (input, columns) in [(1, node.shape(of: x)[2]), (2, hidden)] {
      let data = try part(number, of: input, [rows, columns], node)
      let value = node.builder.constant(data, name: node.name)
      values.append(data.type.quantization == nil ? value : try node.apply(Dequantize(), [value]))
    }
    return values
  }

  /// The biases of a direction's sums over x and over h, `[G·H]` each; 0 when the model has none.
  func biases(
    _ number: Int, _ node: inout ImportedNode
  ) throws(OperatorError) -> (ofX: [Float], ofH: [Float]) {
    let rows = gates * hidden
    guard node.optionalInput(3) != nil else {
      let zeros = [Float](repeating: 0, count: rows)
      return (zeros, zeros)
    }
    let values = try part(number, of: 3, [2 * rows], node).float32Values
    return (Array(values[..<rows]), Array(values[rows...]))
  }

  /// The part of a constant that belongs to a direction; integers with their scales where the model
  /// dequantises it.
  private func part(
    _ number: Int, of input: Int, _ extents: [Int], _ node: ImportedNode
  ) throws(OperatorError) -> TensorData {
    let producer = node.builder.producer(of: try node.input(input))
    let stored = producer.flatMap { producer in
      producer.operation is Dequantize ? node.builder.constant(producer.inputs[0]) : nil
    }
    let data: TensorData
    if let stored {
      data = stored
    } else {
      data = try node.constantInput(input)
      try data.type.check(dtype: .float32, input: input)
    }
    try data.type.check(extents: [directions.count] + extents, input: input)
    let quantization = data.type.quantization?.ofOutermost(number)
    guard data.type.quantization == nil || quantization != nil else {
      throw .quantizationUnsupported(input: input)
    }
    let type = TensorType(
      data.type.dtype, try Shape(checked: extents), quantization: quantization)
    let start = number * type.byteCount
    return TensorData(type, bytes: Array(data.bytes[start..<start + type.byteCount]))
  }

  /// The initial states `[N, H]` of a direction; `nil` when the model gives none but zeros.
  func states(
    _ indices: [Int], _ number: Int, _ node: inout ImportedNode
  ) throws(OperatorError) -> [Value]? {
    guard indices.contains(where: { node.statesMore($0) }) else { return nil }
    var states: [Value] = []
    for index in indices {
      guard var state = node.optionalInput(index) else {
        let zeros = [Float](repeating: 0, count: batch * hidden)
        states.append(node.constant(try Shape(checked: [batch, hidden]), zeros))
        continue
      }
      let extents = [directions.count, batch, hidden]
      try node.type(of: state).check(
        extents: isBatchMajor ? [batch, directions.count, hidden] : extents, input: index)
      if isBatchMajor { state = try node.transposed(state, [1, 0, 2]) }
      states.append(try node.part(number, of: state))
    }
    return states
  }

  /// The directions' outputs, `[T, N, H]` or `[N, H]` each, side by side as the layout has them.
  func joined(
    _ values: [Value], isSequence: Bool, _ node: inout ImportedNode
  ) throws(OperatorError) -> Value {
    let extents = node.shape(of: values[0]).extents
    // Where only the last h is wanted it stands for the sequence, which nothing reads.
    guard extents.count == (isSequence ? 3 : 2) else { return values[0] }
    let axis = isSequence ? 1 : 0
    var parts: [Value] = []
    for value in values {
      parts.append(
        try node.reshaped(value, to: extents[..<axis] + [1] + extents[axis...]))
    }
    let joined = parts.count == 1 ? parts[0] : try node.apply(Concatenation(axis: axis), parts)
    guard isBatchMajor else { return joined }
    return try node.transposed(joined, isSequence ? [2, 0, 1, 3] : [1, 0, 2])
  }
}

extension QuantizationParameters {
  /// Of one of the outermost parts of a tensor, which loses that axis; `nil` for blocks.
  fileprivate func ofOutermost(_ number: Int) -> QuantizationParameters? {
    switch granularity {
    case .perTensor: self
    case .perChannel(axis: 0):
      QuantizationParameters(scale: scales[number], zeroPoint: zeroPoints[number])
    case .perChannel(let axis):
      QuantizationParameters(axis: axis - 1, scales: scales, zeroPoints: zeroPoints)
    case .blocks: nil
    }
  }
}

extension ImportedNode {
  /// Whether an input says more than that a state starts at zero.
  fileprivate func statesMore(_ index: Int) -> Bool {
    guard let state = optionalInput(index) else { return false }
    guard let data = builder.constant(state), data.type.dtype == .float32 else { return true }
    return data.float32Values.contains { $0 != 0 }
  }

  /// Some of the outermost parts of a tensor of three axes.
  mutating func parts(_ range: Range<Int>, of value: Value) throws(OperatorError) -> Value {
    let extents = shape(of: value).extents
    guard range.count < extents[0] else { return value }
    return try apply(
      Slice(
        start: [range.lowerBound, 0, 0], step: [1, 1, 1],
        count: [range.count, extents[1], extents[2]]), [value])
  }

  /// One of the outermost parts of a tensor of three axes, without that axis.
  mutating func part(_ index: Int, of value: Value) throws(OperatorError) -> Value {
    let part = try parts(index..<index + 1, of: value)
    return try reshaped(part, to: Array(shape(of: value).extents.dropFirst()))
  }
}
