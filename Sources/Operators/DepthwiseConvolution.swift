// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Convolution of each channel by itself.
///
/// `y[n, p, c] = clamp(bias[c] + Σ x[n, tap, c] · weights[tap, c])`.
///
/// Inputs: x `[N, H, W, C]`, weights `[kh, kw, C]`, optional bias `[C]`; output `[N, H', W', C]`.
/// Quantised as `Convolution` is, channels on the last axis of the weights. With `packing` weights
/// are float32, `[kh·kw, 16·⌈C/16⌉]`, and a bias is as that of `Convolution`.
package struct DepthwiseConvolution: Operator, Hashable {
  package static let name = "DepthwiseConvolution"
  package static let spellings: [Spelling] = [
    // ONNX spells it as a Conv of as many groups as channels.
    .tflite(4, fromTFLite)
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
    try inputs[1].check(
      extents: [window.kernel.height, window.kernel.width, window.channels], input: 1)
    try checkContraction(inputs, outputChannels: window.channels)
    return [inputs[0].output(try window.outputShape(channels: window.channels))]
  }

  /// The window over inputs of natural types.
  func window(_ inputs: [TensorType]) throws(OperatorError) -> Window {
    try inputs[1].check(rank: 3...3, input: 1)
    return try Window(
      over: inputs[0], kernel: Extent2D(inputs[1].shape[0], inputs[1].shape[1]), stride: stride,
      dilation: dilation, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let types = inputs.map { TensorType(.float32, $0.shape) }
    let inputs = natural(inputs)
    guard let natural = try? naturalTypes(types), let window = try? window(natural),
      let type = try? inferTypes(types)[0]
    else {
      preconditionFailure("types were inferred")
    }
    let (x, weights, channels) = (inputs[0].values, inputs[1].values, window.channels)
    var y = biased(inputs, rows: window.outputCount, columns: channels)
    window.forEachTap { output, tap, input in
      for c in 0..<channels {
        y[output * channels + c] += x[input * channels + c] * weights[tap * channels + c]
      }
    }
    return [ReferenceTensor(type.shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    let window = try window(node.inputs)
    func request(_ contracts: ContractionContracts) throws(OperatorError) -> KernelRequest {
      try window.convolution(
        node, contracts, activation: activation, weightAxis: 2, packing: .channels,
        isPacked: packing != nil)
    }
    // There is no such kernel of int16.
    let fits = window.fitsOnInput && node.inputs[0].dtype != .int16
    return .steps(
      [try request(.depthwise)], inPlace: fits ? try request(.depthwiseInPlace) : nil)
  }
}

// MARK: - Gradient

extension DepthwiseConvolution: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try node.checkWeights(builder)
    let (x, filters) = (node.inputs[0], node.inputs[1])
    let window = try window(try naturalTypes(node.inputs.map { builder.type(of: $0) }))
    let dz = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0:
        let gradient = DepthwiseInputGradient(
          stride: stride, dilation: dilation, padding: padding, image: window.input,
          packing: packing)
        return try builder.apply(gradient, [dz, filters])
      case 1:
        let gradient = DepthwiseWeightGradient(
          kernel: window.kernel, stride: stride, dilation: dilation, padding: padding)
        return try builder.weightGradient(
          try builder.apply(gradient, [x, dz]), of: self,
          natural: Shape([window.kernel.height, window.kernel.width, window.channels]))
      default: return try builder.biasGradient(dz, of: node.inputs[2])
      }
    }
  }
}

// MARK: - Training

extension DepthwiseConvolution: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .weights), .init(2, .bias)]
}

// MARK: - Samples

extension DepthwiseConvolution {
  private static let same = Padding(top: 1, left: 1, bottom: 1, right: 1)

  package static let samples: [Sample] = [
    .float(
      "float32, 3x3, relu6", DepthwiseConvolution(padding: same, activation: .relu6),
      [2, 7, 6, 19], weights: [3, 3, 19], bias: 19),
    .float(
      "float32, strided", DepthwiseConvolution(stride: Extent2D(2, 2), padding: same),
      [1, 9, 8, 35], weights: [3, 3, 35], bias: 35),
    .float(
      "float32, 5x3, dilated",
      DepthwiseConvolution(
        dilation: Extent2D(2, 1), padding: Padding(top: 4, left: 1, bottom: 4, right: 1)),
      [1, 11, 9, 16], weights: [5, 3, 16]),
    .packed(
      "packed weights", DepthwiseConvolution(padding: same, activation: .relu6), [2, 7, 6, 19],
      weights: [3, 3, 19], bias: 32),
    .packed(
      "packed weights, strided", DepthwiseConvolution(stride: Extent2D(2, 2), padding: same),
      [1, 9, 8, 35], weights: [3, 5, 35]),
    .int8(
      "int8, 3x3, relu6", DepthwiseConvolution(padding: same, activation: .relu6), [2, 7, 6, 19],
      weights: [3, 3, 19], channelAxis: 2),
    .int8(
      "int8, strided", DepthwiseConvolution(stride: Extent2D(2, 2), padding: same), [1, 9, 8, 35],
      weights: [3, 3, 35], channelAxis: 2),
    .int8(
      "int8, 5x3, dilated",
      DepthwiseConvolution(
        dilation: Extent2D(2, 1), padding: Padding(top: 4, left: 1, bottom: 4, right: 1)),
      [1, 11, 9, 16], weights: [5, 3, 16], channelAxis: 2),
    .int16(
      "int16, 3x3, relu6", DepthwiseConvolution(padding: same, activation: .relu6), [2, 7, 6, 19],
      weights: [3, 3, 19], channelAxis: 2),
    .int16(
      "int16, 5x3, dilated",
      DepthwiseConvolution(
        dilation: Extent2D(2, 1), padding: Padding(top: 4, left: 1, bottom: 4, right: 1)),
      [1, 11, 9, 13], weights: [5, 3, 13], channelAxis: 2),
    .asymmetric(
      "int8, weights with a zero point", DepthwiseConvolution(padding: same), [1, 6, 5, 19],
      weights: [3, 3, 19]),
  ]
}

// MARK: - Spellings

extension DepthwiseConvolution {
  /// Weights are `[1, kh, kw, C·m]`; a multiplier m > 1 is covered where C is 1, as a convolution.
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (image, filters) = (
      node.shape(of: try node.image4D(0)), node.shape(of: try node.image4D(1))
    )
    try node.type(of: try node.input(1)).check(
      extents: [1, filters[1], filters[2], filters[3]], input: 1)
    let kernel = Extent2D(filters[1], filters[2])
    let (stride, dilation) = (try node.tfliteStride(), try node.tfliteDilation())
    let padding = try node.tflitePadding(
      kernel: kernel, stride: stride, dilation: dilation, image: image)
    let activation = try node.fusedActivation()
    var inputs = try node.contractionInputs()
    if filters[3] == image[3] {
      inputs[1] = try node.reshaped(inputs[1], to: [kernel.height, kernel.width, image[3]])
      let operation = DepthwiseConvolution(
        stride: stride, dilation: dilation, padding: padding, activation: activation)
      return [try node.apply(operation, inputs)]
    }
    guard image[3] == 1 else {
      throw .attributeValue("depth_multiplier", .int(filters[3] / image[3]))
    }
    inputs[1] = try node.transposed(inputs[1], [3, 1, 2, 0])
    let operation = Convolution(
      stride: stride, dilation: dilation, padding: padding, activation: activation)
    return [try node.apply(operation, inputs)]
  }
}
