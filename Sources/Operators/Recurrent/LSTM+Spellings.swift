// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension LSTM {
  /// `UNIDIRECTIONAL_SEQUENCE_LSTM`: 24 inputs, gates apart and in the order i, f, g, o.
  ///
  /// Its h and c are variables that LiteRT keeps from one call to the next until told to reset
  /// them; here every run starts at zero, as LiteRT does after allocation.
  static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let activation = try node.attributes.int("fused_activation_function", default: 0)
    // TANH.
    guard activation == 4 else {
      throw .attributeValue("fused_activation_function", .int(activation))
    }
    try node.require("diagonal_recurrent_tensors", 0)
    // Peepholes, projection, layer normalisation.
    for index in [9, 10, 11, 16, 17, 20, 21, 22, 23] where node.optionalInput(index) != nil {
      throw .inputUnsupported(input: index)
    }
    let x = try node.input(0)
    try node.type(of: x).check(rank: 3...3, input: 0)
    let weights = try node.joinedGates([1, 4, 2, 3])
    let recurrent = try node.joinedGates([5, 8, 6, 7])
    let bias = try node.joinedGates([12, 15, 13, 14])
    var layer = LSTM(isBatchMajor: try !node.attributes.bool("time_major", default: false))
    let states = [node.type(of: try node.input(18)), node.type(of: try node.input(19))]
    let extents = RecurrentExtents(
      of: node.shape(of: x), weights: recurrent.type.shape, isBatchMajor: layer.isBatchMajor)
    for (index, state) in states.enumerated() {
      try state.check(extents: [extents.batch, extents.hidden], input: 18 + index)
    }
    layer.cellRange = try node.cellRange(of: states[1])
    if node.type(of: x).dtype == .int8 { layer.hidden = states[0].quantization }
    var inputs = [x]
    for data in [weights, recurrent, bias] {
      let value = node.builder.constant(data, name: node.name)
      // Weights quantised for size alone.
      let isHybrid = data.type.quantization != nil && node.type(of: x).dtype == .float32
      inputs.append(isHybrid ? try node.apply(Dequantize(), [value]) : value)
    }
    return [try node.asDeclared(try node.apply(layer, inputs))]
  }
}

extension ImportedNode {
  /// The constants of the four gates, one below the other.
  fileprivate func joinedGates(_ indices: [Int]) throws(OperatorError) -> TensorData {
    var bytes: [UInt8] = []
    var scales: [Float] = []
    // A gate that is left out is coupled to another.
    for index in indices where optionalInput(index) == nil { throw .inputMissing(input: index) }
    let first = try constantInput(indices[0]).type
    try first.check(rank: 1...2, input: indices[0])
    for index in indices {
      let data = try constantInput(index)
      try data.type.check(dtype: first.dtype, input: index)
      try data.type.check(extents: first.shape.extents, input: index)
      bytes += data.bytes
      guard let quantization = data.type.quantization else { continue }
      guard quantization.zeroPoints.allSatisfy({ $0 == 0 }), quantization.perTensor != nil else {
        throw .quantizationUnsupported(input: index)
      }
      scales += [Float](repeating: quantization.scales[0], count: first.shape[0])
    }
    let rows = indices.count * first.shape[0]
    guard scales.isEmpty || scales.count == rows else {
      throw .quantizationMissing(input: indices[0])
    }
    let quantization =
      scales.isEmpty
      ? nil
      : QuantizationParameters(
        axis: 0, scales: scales, zeroPoints: [Int32](repeating: 0, count: rows))
    let shape = try Shape(checked: [rows] + first.shape.extents.dropFirst())
    return TensorData(
      TensorType(first.dtype, shape, quantization: quantization), bytes: bytes)
  }

  /// What c is clamped to: by the `cell_clip` option, and by the int16 that int8 layers keep it in.
  fileprivate func cellRange(of state: TensorType) throws(OperatorError) -> ActivationRange {
    let clip = try attributes.float("cell_clip", default: 0)
    guard clip >= 0 else { throw .attributeValue("cell_clip", .float(clip)) }
    let range = clip == 0 ? .none : ActivationRange(min: -clip, max: clip)
    guard state.dtype != .float32 else { return range }
    try state.check(dtype: .int16, input: 19)
    guard let scale = state.quantization?.perTensor?.scale else {
      throw .quantizationMissing(input: 19)
    }
    return range.then(ActivationRange(min: -32768 * scale, max: 32767 * scale))
  }
}
