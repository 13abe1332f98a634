// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of a depthwise convolution's weights, packed as these are with `packing`:
/// `y[tap, c] = Σ x[n, tap, c] · dy[n, p, c]` over the output pixels.
///
/// Inputs: x `[N, H, W, C]`, dy `[N, H', W', C]`; output `[kh·kw, 16·⌈C/16⌉]`, 0 where no channel
/// is. Float32. Only differentiation makes it.
package struct DepthwiseWeightGradient: Operator, Hashable {
  package static let name = "DepthwiseWeightGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var kernel: Extent2D
  package var stride: Extent2D
  package var dilation: Extent2D
  package var padding: Padding

  package init(
    kernel: Extent2D, stride: Extent2D = .one, dilation: Extent2D = .one, padding: Padding = .none
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() { try input.check(dtype: .float32, input: index) }
    let window = try window(inputs)
    try inputs[1].check(
      extents: try window.outputShape(channels: window.channels).extents, input: 1)
    return [inputs[0].output(try layout(window).shape)]
  }

  private func window(_ inputs: [TensorType]) throws(OperatorError) -> Window {
    try Window(
      over: inputs[0], kernel: kernel, stride: stride, dilation: dilation, padding: padding)
  }

  private func layout(_ window: Window) throws(OperatorError) -> PackedLayout {
    let (taps, overflows) = kernel.height.multipliedReportingOverflow(by: kernel.width)
    guard !overflows else { throw .tooLarge }
    return try .channels(window.channels, taps: taps)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let window = try? window(inputs.map { TensorType(.float32, $0.shape) }),
      let layout = try? layout(window)
    else { preconditionFailure("types were inferred") }
    let (x, dy, channels) = (inputs[0].values, inputs[1].values, window.channels)
    var y = [Double](repeating: 0, count: window.tapCount * channels)
    window.forEachTap { output, tap, input in
      for c in 0..<channels {
        y[tap * channels + c] += x[input * channels + c] * dy[output * channels + c]
      }
    }
    return [ReferenceTensor(layout.shape, layout.packed(y))]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let window = try window(node.inputs)
    return node.step(
      node.contract(
        fma: .UK_CONTRACT_f32_dwconv_weight_gradient_fma,
        muladd: .UK_CONTRACT_f32_dwconv_weight_gradient_muladd),
      window.stored(outputChannels: window.channels), overwritable: 0,
      macCount: window.outputCount * window.tapCount * window.channels)
  }
}

// MARK: - Samples

extension DepthwiseWeightGradient {
  private static let same = Padding(top: 1, left: 1, bottom: 1, right: 1)

  private static func sample(
    _ label: String, _ operation: DepthwiseWeightGradient, _ x: Shape, _ dy: Shape
  ) -> Sample {
    Sample(label, operation, [.variable(.float(x)), .variable(.float(dy))])
  }

  package static let samples: [Sample] = [
    sample(
      "3x3, three blocks", DepthwiseWeightGradient(kernel: Extent2D(3, 3), padding: same),
      [3, 15, 13, 19], [3, 15, 13, 19]),
    sample(
      "5x5, strided",
      DepthwiseWeightGradient(
        kernel: Extent2D(5, 5), stride: Extent2D(2, 2),
        padding: Padding(top: 2, left: 2, bottom: 1, right: 1)), [2, 9, 8, 35], [2, 4, 4, 35]),
    sample(
      "strides of its own, dilated",
      DepthwiseWeightGradient(
        kernel: Extent2D(2, 3), stride: Extent2D(1, 2), dilation: Extent2D(2, 1), padding: same),
      [1, 7, 6, 5], [1, 7, 3, 5]),
  ]
}
