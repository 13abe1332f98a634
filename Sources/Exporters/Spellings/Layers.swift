// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Layers with weights. Images are channels second in ONNX, and so are their filters.

extension Convolution: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let weights = onnx.shape(1)
    let operands = [
      try onnx.operand(0, .channelsSecond(4)), try onnx.operand(1, .channelsSecond(4)),
      try onnx.bias(channelAxis: 0),
    ]
    let attributes = windowAttributes(
      Extent2D(weights[1], weights[2]), stride: stride, dilation: dilation, padding: padding)
    let y = onnx.emit("Conv", operands.withoutLastMissing, attributes)
    return .tensor(onnx.clamped(y, activation), .channelsSecond(4))
  }
}

extension DepthwiseConvolution: ONNXWritable {
  /// As many groups as channels.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let weights = onnx.shape(1)
    let filters = [weights[2], 1, weights[0], weights[1]]
    let operands = [
      try onnx.operand(0, .channelsSecond(4)),
      try onnx.operand(1, Layout([2, 0, 1]), reshaped: filters),
      try onnx.bias(channelAxis: 2),
    ]
    var attributes = windowAttributes(
      Extent2D(weights[0], weights[1]), stride: stride, dilation: dilation, padding: padding)
    attributes.append(("group", .int(weights[2])))
    let y = onnx.emit("Conv", operands.withoutLastMissing, attributes)
    return .tensor(onnx.clamped(y, activation), .channelsSecond(4))
  }
}

extension FullyConnected: ONNXWritable {
  /// A `Gemm` of matrices; of more axes `MatMul` and `Add`.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let (x, bias) = (try onnx.operand(0), try onnx.bias(channelAxis: 0))
    let rank = onnx.shape(0).rank
    let y: WrittenTensor
    if rank == 2 {
      let isTransposed = onnx.layout(1).isOwn
      let weights = try onnx.operand(1, isTransposed ? .own(2) : .matrixTransposed(2))
      y = onnx.emit(
        "Gemm", [x, weights, bias].withoutLastMissing,
        isTransposed ? [("transB", .int(1))] : [])
    } else {
      let product = onnx.emit("MatMul", [x, try onnx.operand(1, .matrixTransposed(2))])
      y = bias.map { onnx.emit("Add", [product, $0]) } ?? product
    }
    return .tensor(onnx.clamped(y, activation), .own(rank))
  }
}

extension DynamicFullyConnected: ONNXWritable {
  /// What rounds the rows, spelled out, and a `MatMul` of the levels, which are whole numbers.
  ///
  /// ONNX's own `DynamicQuantizeLinear` has one scale for all rows.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let x = try onnx.operand(0)
    let magnitudes = onnx.emit(
      "ReduceMax", [onnx.emit("Abs", [x]), onnx.indices([-1])], [("keepdims", .int(1))], since: 18)
    let limit = onnx.scalar(127)
    // Rows of nothing but next to nothing: no division by zero.
    let least = onnx.scalar(127 * Float.leastNormalMagnitude)
    let factors = onnx.emit("Div", [limit, onnx.emit("Max", [magnitudes, least])])
    let levels = onnx.emit("Round", [onnx.emit("Mul", [x, factors])])
    let product = onnx.emit("MatMul", [levels, try onnx.operand(1, .matrixTransposed(2))])
    let steps = onnx.emit("Div", [magnitudes, limit])
    var y = onnx.emit("Mul", [product, steps])
    if onnx.inputCount > 2 { y = onnx.emit("Add", [y, try onnx.operand(2)]) }
    return .tensor(onnx.clamped(y, activation), .own(onnx.shape(0).rank))
  }
}

extension MatMul: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let rank = onnx.shape(1).rank
    let right: Layout = isTransposed ? .matrixTransposed(rank) : .own(rank)
    let y = onnx.emit("MatMul", [try onnx.operand(0), try onnx.operand(1, right)])
    return .tensor(y, .own(onnx.output.shape.rank))
  }
}

extension ResidualLayer: ONNXWritable {
  /// The layer, its result rounded as the engine does, and the addition.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    guard let layer = layer.operation as? any ONNXWritable else {
      preconditionFailure("both layers are writable")
    }
    let whole = onnx.current
    onnx.current.inputs.removeLast()
    onnx.current.output.quantization = sum
    let written = try layer.write(&onnx)
    let own = onnx.output
    onnx.current = whole
    guard case .tensor(let result, let layout) = written else {
      preconditionFailure("a layer computes")
    }
    let rounded = sum == nil ? result : try onnx.rounded(result, own, layout)
    let residual = try onnx.operand(onnx.inputCount - 1, layout)
    return .tensor(onnx.clamped(onnx.emit("Add", [rounded, residual]), activation), layout)
  }
}

// MARK: - Words

/// The attributes of a window over an image.
func windowAttributes(
  _ kernel: Extent2D, stride: Extent2D, dilation: Extent2D = .one, padding: Padding
) -> [ONNXDocument.Attribute] {
  var attributes: [ONNXDocument.Attribute] = [
    ("kernel_shape", .ints([kernel.height, kernel.width])),
    ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
    ("strides", .ints([stride.height, stride.width])),
  ]
  if dilation != .one {
    attributes.append(("dilations", .ints([dilation.height, dilation.width])))
  }
  return attributes
}

extension [WrittenTensor?] {
  /// Operands without the last, where that is optional and left out.
  var withoutLastMissing: [WrittenTensor?] {
    if case .some(.none) = last { Array(dropLast()) } else { self }
  }
}

extension ONNXWriter {
  /// The bias of a layer, its input 2, if there is one.
  ///
  /// Integers are in units of the scales of x and of the weights, whatever the graph calls them,
  /// and so is a float bias of an integer layer: the engine rounds it to them.
  mutating func bias(channelAxis: Int) throws(OperatorError) -> WrittenTensor? {
    guard inputCount > 2 else { return nil }
    // A padded one is for kernels.
    try checkBias(channels: shape(1)[channelAxis])
    guard type(0).dtype == .int8 || type(0).dtype == .int16 else { return try operand(2) }
    guard let data = constant(2) else { throw .inputNotConstant(input: 2) }
    let channels = data.type.shape.elementCount
    let scales = try biasScales(channels: channels, channelAxis: channelAxis)
    let hint = graph.name(of: current.inputs[2])
    let isInteger = data.type.dtype != .float32
    // In units of int16 a bias may have more than 32 bits.
    let isWide = type(0).dtype == .int16
    let integers = zip(data.storedValues, scales).compactMap { value, scale in
      Int32(exactly: isInteger ? value : (value / scale).rounded(.toNearestOrEven))
    }
    guard !isWide, integers.count == channels, scales.allSatisfy({ Float($0).isNormal }) else {
      let reals = zip(data.storedValues, scales).map { Float(isInteger ? $0 * $1 : $0) }
      return floats(reals)
    }
    let units =
      type(1).quantization?.perTensor == nil
      ? QuantizationParameters(
        axis: 0, scales: scales.map { Float($0) }, zeroPoints: integers.map { _ in 0 })
      : QuantizationParameters(scale: Float(scales[0]), zeroPoint: 0)
    return try real(
      TensorData(data.type.shape, int32: integers, quantization: units), hint: hint)
  }

  private func checkBias(channels: Int) throws(OperatorError) {
    guard shape(2) != [channels] else { return }
    throw .shape(input: 2, expected: [channels], actual: shape(2))
  }

  /// The unit of a layer's sums in each channel.
  private func biasScales(channels: Int, channelAxis: Int) throws(OperatorError) -> [Double] {
    guard let x = type(0).quantization?.perTensor else { throw .quantizationMissing(input: 0) }
    guard let weights = type(1).quantization else { throw .quantizationMissing(input: 1) }
    if case .perChannel(let axis) = weights.granularity {
      guard axis == channelAxis, weights.scales.count == channels else {
        throw .quantizationUnsupported(input: 1)
      }
    }
    return (0..<channels).map { Double(x.scale) * Double(weights.scale(ofChannel: $0)) }
  }
}
