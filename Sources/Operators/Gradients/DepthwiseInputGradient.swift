// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of a depthwise convolution's input: `dx[n, i, c] = Σ dy[n, p, c] · weights[tap, c]`
/// over the taps and output pixels that meet at input pixel i.
///
/// Inputs: dy `[N, H', W', C]`, weights `[kh, kw, C]`, those of the layer, packed alike with
/// `packing`; output `[N, H, W, C]`. Float32. Only differentiation makes it.
package struct DepthwiseInputGradient: PackableOperator, Hashable {
  package static let name = "DepthwiseInputGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var stride: Extent2D
  package var dilation: Extent2D
  package var padding: Padding

  /// Rows and columns of the layer's input.
  package var image: Extent2D

  /// What the weights are when they lie as the kernel reads them; they need be no constants then.
  package var packing: WeightPacking?

  package init(
    stride: Extent2D = .one, dilation: Extent2D = .one, padding: Padding = .none, image: Extent2D,
    packing: WeightPacking? = nil
  ) {
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
    self.image = image
    self.packing = packing
  }

  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try DepthwiseConvolution().packedLayout(natural)
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let inputs = try naturalTypes(inputs)
    for input in 0...1 { try inputs[input].check(dtype: .float32, input: input) }
    let window = try window(inputs)
    try inputs[0].check(
      extents: try window.outputShape(channels: window.channels).extents, input: 0)
    try inputs[1].check(
      extents: [window.kernel.height, window.kernel.width, window.channels], input: 1)
    return [inputs[0].output(try imageShape(inputs[0].shape))]
  }

  private func imageShape(_ dy: Shape) throws(OperatorError) -> Shape {
    try Shape(checked: [dy[0], image.height, image.width, dy[3]])
  }

  /// The layer's window, from inputs of natural types.
  private func window(_ inputs: [TensorType]) throws(OperatorError) -> Window {
    try inputs[0].check(rank: 4...4, input: 0)
    try inputs[1].check(rank: 3...3, input: 1)
    return try Window(
      over: TensorType(.float32, try imageShape(inputs[0].shape)),
      kernel: Extent2D(inputs[1].shape[0], inputs[1].shape[1]), stride: stride,
      dilation: dilation, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let inputs = natural(inputs)
    guard let window = try? window(inputs.map { TensorType(.float32, $0.shape) }),
      let shape = try? imageShape(inputs[0].shape)
    else { preconditionFailure("types were inferred") }
    let (dy, weights, channels) = (inputs[0].values, inputs[1].values, window.channels)
    var dx = ReferenceTensor(shape, repeating: 0)
    window.forEachTap { output, tap, input in
      for c in 0..<channels {
        dx.values[input * channels + c] += dy[output * channels + c] * weights[tap * channels + c]
      }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    let window = try window(node.inputs)
    let layout = try packedLayout(node.inputs[1].shape)
    let weights = try node.weightsOperand(isPacked: packing != nil) { layout.packed($0) }
    return .step(
      KernelRequest(
        node.contract(
          fma: .UK_CONTRACT_f32_dwconv_input_gradient_fma,
          muladd: .UK_CONTRACT_f32_dwconv_input_gradient_muladd),
        parameters: window.stored(outputChannels: window.channels),
        operands: [.input(0), weights, .output(0)],
        macCount: window.outputCount * window.tapCount * window.channels))
  }
}

// MARK: - Samples

extension DepthwiseInputGradient {
  private static let same = Padding(top: 1, left: 1, bottom: 1, right: 1)

  package static let samples: [Sample] = [
    .float(
      "3x3", DepthwiseInputGradient(padding: same, image: Extent2D(7, 6)), [2, 7, 6, 19],
      weights: [3, 3, 19]),
    .float(
      "5x5, strided",
      DepthwiseInputGradient(
        stride: Extent2D(2, 2), padding: Padding(top: 2, left: 2, bottom: 1, right: 1),
        image: Extent2D(9, 14)), [2, 4, 7, 35], weights: [5, 5, 35]),
    .float(
      "strides of its own, dilated",
      DepthwiseInputGradient(
        stride: Extent2D(1, 3), dilation: Extent2D(2, 2), padding: same, image: Extent2D(9, 16)),
      [1, 7, 4, 5], weights: [3, 4, 5]),
    .packed(
      "packed weights", DepthwiseInputGradient(padding: same, image: Extent2D(5, 17)),
      [2, 5, 17, 18], weights: [3, 3, 18]),
    .packed(
      "packed weights, strided",
      DepthwiseInputGradient(
        stride: Extent2D(2, 2), padding: Padding(top: 0, left: 0, bottom: 1, right: 1),
        image: Extent2D(8, 13)), [1, 4, 6, 33], weights: [3, 3, 33]),
  ]
}
