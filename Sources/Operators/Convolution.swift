// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Convolution of an image.
///
/// `y[n, p, o] = clamp(bias[o] + Σ x[n, window of p, c] · weights[o, tap, c])`.
///
/// Inputs: x `[N, H, W, C]`, weights `[O, kh, kw, C]`, optional bias `[O]`; output
/// `[N, H', W', O]`. Int8 weights have one scale, or one for each output channel, and one zero
/// point; an int32 bias has the scale `x.scale · weights.scale`. Where the window is one pixel of
/// each, weights may be stored as those of `FullyConnected`. With `packing` they are float32 panels
/// `[⌈O/16⌉, taps, C, 16]`. A float32 bias may be padded to `[16·⌈O/16⌉]`: one that is no constant
/// and no multiple of 16 must be.
package struct Convolution: Operator, Hashable {
  package static let name = "Convolution"
  package static let spellings: [Spelling] = [
    .onnx("Conv", since: 1, fromONNX),
    .tflite(3, fromTFLite),
  ]
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.freeOutputScale

  package var stride: Extent2D
  package var dilation: Extent2D
  package var padding: Padding
  package var activation: ActivationRange

  /// What the weights are when they lie as the kernel reads them; they need be no constants then.
  package var packing: WeightPacking?

  package init(
    stride: Extent2D = .one, dilation: Extent2D = .one, padding: Padding = .none,
    activation: ActivationRange = .none, packing: WeightPacking? = nil
  ) {
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    self.activation = activation
    self.packing = packing
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let inputs = try naturalTypes(inputs)
    let window = try window(inputs)
    let outputChannels = inputs[1].shape[0]
    try inputs[1].check(
      extents: [outputChannels, window.kernel.height, window.kernel.width, window.channels],
      input: 1)
    try checkContraction(
      inputs, outputChannels: outputChannels, storesWeights: window.isPointwise)
    return [inputs[0].output(try window.outputShape(channels: outputChannels))]
  }

  /// The window over inputs of natural types.
  func window(_ inputs: [TensorType]) throws(OperatorError) -> Window {
    try inputs[1].check(rank: 4...4, input: 1)
    return try Window(
      over: inputs[0], kernel: Extent2D(inputs[1].shape[1], inputs[1].shape[2]), stride: stride,
      dilation: dilation, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let types = inputs.map { TensorType(.float32, $0.shape) }
    let inputs = natural(inputs)
    guard let natural = try? naturalTypes(types), let window = try? window(natural),
      let type = try? inferTypes(types)[0]
    else { preconditionFailure("types were inferred") }
    let (x, weights) = (inputs[0].values, inputs[1].values)
    let (depth, columns) = (window.channels, inputs[1].shape[0])
    var y = biased(inputs, rows: window.outputCount, columns: columns)
    window.forEachTap { output, tap, input in
      for column in 0..<columns {
        var sum = 0.0
        let weight = (column * window.tapCount + tap) * depth
        for k in 0..<depth { sum += x[input * depth + k] * weights[weight + k] }
        y[output * columns + column] += sum
      }
    }
    return [ReferenceTensor(type.shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let hasRuns = try window(try naturalTypes(node.inputs)).hasRunsOfFewChannels
    return try lower(node, byRuns: node.inputs[0].dtype == .int8 && hasRuns)
  }

  /// The step; only when not by runs, there is a contract that adds a residual to its own.
  func lower(_ node: NodeContext, byRuns: Bool) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    let window = try window(node.inputs)
    let request =
      window.isPointwise
      ? try matrixProduct(
        node, rows: window.outputCount, columns: node.inputs[1].shape[0], depth: window.channels,
        activation: activation, isPacked: packing != nil)
      : try window.convolution(
        node, byRuns ? .convolutionByRuns : .convolution, activation: activation, weightAxis: 0,
        packing: byRuns ? .runs : .panels, isPacked: packing != nil)
    return .step(request)
  }
}

// MARK: - Gradient

extension Convolution: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try node.checkWeights(builder)
    let (x, weights) = (node.inputs[0], node.inputs[1])
    let dz = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0:
        let image = builder.shape(of: x)
        return try builder.inputGradient(
          of: self, dz: dz, weights: weights, input: Extent2D(image[1], image[2]))
      case 1:
        let natural = packing?.natural ?? builder.shape(of: weights)
        let gradient = ConvolutionWeightGradient(
          kernel: Extent2D(natural[1], natural[2]), stride: stride, dilation: dilation,
          padding: padding)
        return try builder.weightGradient(
          try builder.apply(gradient, [x, dz]), of: self, natural: natural)
      default: return try builder.biasGradient(dz, of: node.inputs[2])
      }
    }
  }
}

// MARK: - Training

extension Convolution: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .weights), .init(2, .bias)]
}

// MARK: - Samples

extension Convolution {
  private static let same = Padding(top: 1, left: 1, bottom: 1, right: 1)

  package static let samples: [Sample] = [
    .float(
      "float32, 3x3, relu6", Convolution(padding: same, activation: .relu6), [2, 7, 6, 5],
      weights: [18, 3, 3, 5], bias: 18),
    .float(
      "float32, strided and dilated",
      Convolution(stride: Extent2D(2, 1), dilation: Extent2D(1, 2), padding: same), [1, 9, 8, 3],
      weights: [33, 3, 2, 3]),
    .float("float32, pointwise", Convolution(), [1, 5, 7, 24], weights: [20, 1, 1, 24], bias: 20),
    .float(
      "float32, 1x1 with a stride", Convolution(stride: Extent2D(2, 2)), [1, 6, 5, 8],
      weights: [16, 1, 1, 8], bias: 16),
    .packed(
      "packed weights", Convolution(padding: same, activation: .relu6), [2, 7, 6, 5],
      weights: [18, 3, 3, 5], bias: 32),
    .packed(
      "packed weights, strided and dilated",
      Convolution(stride: Extent2D(2, 1), dilation: Extent2D(1, 2), padding: same), [1, 9, 8, 3],
      weights: [33, 3, 2, 3]),
    .packed(
      "packed weights, pointwise", Convolution(), [1, 5, 7, 24], weights: [20, 1, 1, 24], bias: 32),
    .stored(
      "float32, pointwise, int8 weights", Convolution(), [1, 5, 7, 24], .weights([20, 1, 1, 24])),
    .int8(
      "int8, 3x3, relu6", Convolution(padding: same, activation: .relu6), [2, 7, 6, 5],
      weights: [18, 3, 3, 5], channelAxis: 0),
    .int8(
      "int8, strided and dilated",
      Convolution(stride: Extent2D(2, 1), dilation: Extent2D(1, 2), padding: same), [1, 9, 8, 3],
      weights: [33, 3, 2, 3], channelAxis: 0),
    .int8(
      "int8, one channel, relu",
      Convolution(
        stride: Extent2D(2, 1), padding: Padding(top: 2, left: 1, bottom: 2, right: 2),
        activation: .relu), [2, 9, 11, 1], weights: [20, 5, 4, 1], channelAxis: 0),
    .int8(
      "int8, pointwise", Convolution(activation: .relu), [1, 5, 7, 27], weights: [20, 1, 1, 27],
      channelAxis: 0),
    .int16(
      "int16, 3x3, relu6", Convolution(padding: same, activation: .relu6), [2, 7, 6, 5],
      weights: [18, 3, 3, 5], channelAxis: 0),
    .int16(
      "int16, strided and dilated",
      Convolution(stride: Extent2D(2, 1), dilation: Extent2D(1, 2), padding: same), [1, 9, 8, 4],
      weights: [33, 3, 2, 4], channelAxis: 0),
    .int16(
      "int16, pointwise", Convolution(activation: .relu), [1, 5, 7, 27], weights: [20, 1, 1, 27],
      channelAxis: 0),
    .asymmetric(
      "int8, weights with a zero point", Convolution(padding: same), [1, 5, 5, 4],
      weights: [7, 3, 3, 4]),
    .asymmetric(
      "int8, three channels, weights with a zero point",
      Convolution(stride: Extent2D(2, 2), padding: same), [1, 9, 14, 3], weights: [19, 3, 3, 3]),
    .asymmetric(
      "int8, pointwise, weights with a zero point", Convolution(), [1, 5, 3, 21],
      weights: [18, 1, 1, 21]),
  ]
}

// MARK: - Spellings

extension Convolution {
  private static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let rank = node.shape(of: try node.input(0)).rank
    let x = try node.channelsLastImage(try node.input(0))
    try node.type(of: try node.input(1)).check(rank: rank...rank, input: 1)
    let weights = try node.withHeight(try node.input(1))  // [O, C / group, kh, kw]
    let (shape, channels) = (node.shape(of: weights), node.shape(of: x)[3])
    let kernel = Extent2D(shape[2], shape[3])
    let stated = try node.attributes.ints("kernel_shape", default: [kernel.height, kernel.width])
    guard stated == [kernel.height, kernel.width].suffix(stated.count) else {
      throw .attributeValue("kernel_shape", .ints(stated))
    }
    let window = try ONNXWindow(node.attributes, kernel: kernel, image: node.shape(of: x))
    let bias = node.optionalInput(2).map { [$0] } ?? []

    let group = try node.attributes.int("group", default: 1)
    let y: Value
    if group == 1 {
      let filters = try node.transposed(weights, [0, 2, 3, 1])
      let operation = Convolution(
        stride: window.stride, dilation: window.dilation, padding: window.padding)
      y = try node.apply(operation, [x, filters] + bias)
    } else if group == channels, shape[0] == channels, shape[1] == 1 {
      let filters = try node.reshaped(
        try node.transposed(weights, [2, 3, 0, 1]), to: [kernel.height, kernel.width, channels])
      let operation = DepthwiseConvolution(
        stride: window.stride, dilation: window.dilation, padding: window.padding)
      y = try node.apply(operation, [x, filters] + bias)
    } else {
      throw .attributeValue("group", .int(group))
    }
    return [try node.channelsFirst(y, rank: rank)]
  }

  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (x, weights) = (try node.image4D(0), try node.image4D(1))
    let kernel = Extent2D(node.shape(of: weights)[1], node.shape(of: weights)[2])
    let (stride, dilation) = (try node.tfliteStride(), try node.tfliteDilation())
    let padding = try node.tflitePadding(
      kernel: kernel, stride: stride, dilation: dilation, image: node.shape(of: x))
    let operation = Convolution(
      stride: stride, dilation: dilation, padding: padding, activation: try node.fusedActivation())
    return [try node.apply(operation, try node.contractionInputs())]
  }
}
