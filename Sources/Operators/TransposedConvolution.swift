// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Transposed convolution of an image: every input pixel is spread over a window of the output.
///
/// `y[n, p·stride + tap·dilation − before, o] = clamp(bias[o] + Σ x[n, p, c] · w[o, tap, c])`.
///
/// Inputs: x `[N, H, W, C]`, weights w `[O, kh, kw, C / groups]`, optional bias `[O]`; output
/// `[N, H', W', O]`, whose extent is an attribute: what no window reaches is the bias. Each of the
/// groups has the input channels and the output channels of its number. Quantised as `Convolution`
/// is. Kernels also add what is 0 because a group or a tap does not have it, so next to an
/// infinity they give NaN. With `packing` weights are float32, the panels of each phase
/// (`uk_tconv.h`) one behind the other as one axis. A float32 bias may be padded to `[16·⌈O/16⌉]`;
/// one that is no constant is read where there is one phase only, and no multiple of 16 must be
/// padded. Source: ONNX `ConvTranspose`, opset 11; TFLite `TRANSPOSE_CONV`.
package struct TransposedConvolution: Operator, Hashable {
  package static let name = "TransposedConvolution"
  package static let spellings: [Spelling] = [
    .onnx("ConvTranspose", since: 1, fromONNX),
    .tflite(67, fromTFLite),
  ]
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.freeOutputScale

  package var stride: Extent2D
  package var dilation: Extent2D
  /// Rows and columns of the result that are cut off in front.
  package var before: Extent2D
  /// Rows and columns of the result that are left.
  package var output: Extent2D
  package var groups: Int
  package var activation: ActivationRange

  /// What the weights are when they lie as the kernel reads them; they need be no constants then.
  package var packing: WeightPacking?

  package init(
    stride: Extent2D, dilation: Extent2D = .one, before: Extent2D = Extent2D(0, 0),
    output: Extent2D, groups: Int = 1, activation: ActivationRange = .none,
    packing: WeightPacking? = nil
  ) {
    self.stride = stride
    self.dilation = dilation
    self.before = before
    self.output = output
    self.groups = groups
    self.activation = activation
    self.packing = packing
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let inputs = try naturalTypes(inputs)
    let window = try window(inputs)
    let outputChannels = inputs[1].shape[0]
    guard groups > 0, window.channels % groups == 0, outputChannels % groups == 0 else {
      throw .attributeValue("group", .int(groups))
    }
    try inputs[1].check(
      extents: [
        outputChannels, window.kernel.height, window.kernel.width, window.channels / groups,
      ], input: 1)
    try checkContraction(inputs, outputChannels: outputChannels)
    return [inputs[0].output(try window.outputShape(channels: outputChannels))]
  }

  /// The window over inputs of natural types.
  private func window(_ inputs: [TensorType]) throws(OperatorError) -> TransposedWindow {
    try inputs[1].check(rank: 4...4, input: 1)
    return try TransposedWindow(
      over: inputs[0], kernel: Extent2D(inputs[1].shape[1], inputs[1].shape[2]), stride: stride,
      dilation: dilation, before: before, output: output)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let types = inputs.map { TensorType(.float32, $0.shape) }
    let inputs = natural(inputs)
    guard let natural = try? naturalTypes(types), let window = try? window(natural),
      let type = try? inferTypes(types)[0]
    else {
      preconditionFailure("types were inferred")
    }
    let (x, weights, columns) = (inputs[0].values, inputs[1].values, inputs[1].shape[0])
    let (depth, taps) = (window.channels / groups, window.kernel.height * window.kernel.width)
    var y = biased(inputs, rows: type.shape.elementCount / columns, columns: columns)
    window.forEachTap { output, tap, input in
      for column in 0..<columns {
        let group = column / (columns / groups)
        for k in 0..<depth {
          y[output * columns + column] +=
            x[input * window.channels + group * depth + k]
            * weights[(column * taps + tap) * depth + k]
        }
      }
    }
    return [ReferenceTensor(type.shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    return .step(
      try window(node.inputs).convolution(
        node, groups: groups, activation: activation, isPacked: packing != nil))
  }
}

// MARK: - Gradient

extension TransposedConvolution: DifferentiableOperator {
  /// What spreads pixels over windows is turned by a convolution, which reads the windows.
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    try node.checkWeights(builder)
    guard groups == 1 else { throw .noGradient }
    let (x, weights) = (node.inputs[0], node.inputs[1])
    let natural = packing?.natural ?? builder.shape(of: weights)
    let dy = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    let kernel = Extent2D(natural[1], natural[2])
    let image = builder.shape(of: x)
    let margins = Margins(
      top: before.height, left: before.width, around: builder.shape(of: dy),
      in: Extent2D(
        (image[1] - 1) * stride.height + (kernel.height - 1) * dilation.height + 1,
        (image[2] - 1) * stride.width + (kernel.width - 1) * dilation.width + 1))
    let dz = try builder.cut(dy, by: margins)
    let convolution = Convolution(stride: stride, dilation: dilation, padding: margins.padding)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0: return try inputGradient(dz, weights, by: convolution, &builder)
      case 1:
        let gradient = ConvolutionWeightGradient(
          kernel: kernel, stride: stride, dilation: dilation, padding: margins.padding)
        let turned = try builder.unpacked(
          try builder.apply(gradient, [dz, x]),
          for: convolution.packing([natural[3], natural[1], natural[2], natural[0]]))
        let own = try builder.apply(Transpose(permutation: [3, 1, 2, 0]), [turned])
        return packing == nil ? own : try builder.packed(own, for: self)
      default: return try builder.biasGradient(dy, of: node.inputs[2])
      }
    }
  }

  private func inputGradient(
    _ dz: Value, _ weights: Value, by convolution: Convolution, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let natural = try builder.unpacked(weights, for: self)
    let turned = try builder.apply(Transpose(permutation: [3, 1, 2, 0]), [natural])
    guard packing != nil else { return try builder.apply(convolution, [dz, turned]) }
    let filters = try builder.packed(turned, for: convolution)
    return try builder.apply(
      convolution.packing(builder.shape(of: turned)), [dz, filters])
  }
}

// MARK: - Training

extension TransposedConvolution: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .weights), .init(2, .bias)]
}

// MARK: - Samples

extension TransposedConvolution {
  package static let samples: [Sample] = [
    .float(
      "float32, doubled by 2x2",
      TransposedConvolution(
        stride: Extent2D(2, 2), output: Extent2D(8, 10), activation: .relu), [2, 4, 5, 6],
      weights: [18, 2, 2, 6], bias: 18),
    .float(
      "float32, doubled by 3x3, output padding",
      TransposedConvolution(
        stride: Extent2D(2, 2), before: Extent2D(1, 1), output: Extent2D(10, 13)), [1, 5, 6, 3],
      weights: [5, 3, 3, 3]),
    .float(
      "float32, dilated, strides of its own",
      TransposedConvolution(
        stride: Extent2D(3, 2), dilation: Extent2D(2, 3), before: Extent2D(2, 0),
        output: Extent2D(11, 14)), [1, 4, 5, 4], weights: [7, 3, 2, 4], bias: 7),
    .float(
      "float32, by channel",
      TransposedConvolution(
        stride: Extent2D(2, 2), before: Extent2D(1, 1), output: Extent2D(8, 8), groups: 19),
      [1, 4, 4, 19], weights: [19, 4, 4, 1]),
    .packed(
      "packed weights",
      TransposedConvolution(
        stride: .one, before: Extent2D(1, 1), output: Extent2D(6, 7), activation: .relu),
      [2, 6, 7, 5], weights: [18, 3, 3, 5], bias: 32),
    .packed(
      "packed weights, doubled by 3x3",
      TransposedConvolution(
        stride: Extent2D(2, 2), before: Extent2D(1, 1), output: Extent2D(10, 13)), [1, 5, 6, 3],
      weights: [5, 3, 3, 3]),
    .int8(
      "int8, doubled by 4x4, relu6",
      TransposedConvolution(
        stride: Extent2D(2, 2), before: Extent2D(1, 1), output: Extent2D(8, 10),
        activation: .relu6), [2, 4, 5, 6], weights: [18, 4, 4, 6], channelAxis: 0),
    .int8(
      "int8, a stride wider than the kernel",
      TransposedConvolution(stride: Extent2D(3, 4), output: Extent2D(9, 17)), [1, 3, 4, 5],
      weights: [6, 2, 3, 5], channelAxis: 0),
    .int8(
      "int8, two groups",
      TransposedConvolution(
        stride: Extent2D(2, 1), before: Extent2D(0, 1), output: Extent2D(7, 5), groups: 2),
      [1, 3, 5, 6], weights: [8, 3, 3, 3], channelAxis: 0),
    .asymmetric(
      "int8, weights with a zero point",
      TransposedConvolution(
        stride: Extent2D(2, 2), before: Extent2D(1, 0), output: Extent2D(6, 8)), [1, 3, 4, 4],
      weights: [7, 3, 3, 4]),
  ]
}
