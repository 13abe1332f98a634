// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of a convolution's weights: `y[o, tap, c] = Σ x[window of p, tap, c] · dy[p, o]`
/// over all output pixels p.
///
/// Inputs: x `[N, H, W, C]`, dy `[N, H', W', O]`; output packed as kernels read weights,
/// `[⌈O / 16⌉, kh · kw, C, 16]`, with 0 where no column is. The attributes are the convolution's;
/// x is 0 outside the image. Float32 only; pixels are summed in blocks of 256, as `BlockSums` sums
/// rows.
package struct ConvolutionWeightGradient: Operator, Hashable {
  package static let name = "ConvolutionWeightGradient"
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
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: .float32, input: index)
      try input.check(rank: 4...4, input: index)
    }
    let window = try window(inputs)
    let columns = inputs[1].shape[3]
    try inputs[1].check(
      extents: [window.batch, window.output.height, window.output.width, columns], input: 1)
    return [
      inputs[0].output(
        try packedWeights(columns: columns, taps: window.tapCount, depth: window.channels))
    ]
  }

  private func window(_ inputs: [TensorType]) throws(OperatorError) -> Window {
    try Window(
      over: inputs[0], kernel: kernel, stride: stride, dilation: dilation, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let window = try? window(inputs.map { TensorType(.float32, $0.shape) }) else {
      preconditionFailure("types were inferred")
    }
    let (x, dy) = (inputs[0].values, inputs[1].values)
    let (columns, depth) = (inputs[1].shape[3], window.channels)
    var y = PackedGradient(columns: columns, taps: window.tapCount, depth: depth)
    window.forEachTap { output, tap, input in
      for column in 0..<columns {
        for k in 0..<depth {
          y[column, tap, k] += x[input * depth + k] * dy[output * columns + column]
        }
      }
    }
    return [y.tensor]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let window = try window(node.inputs)
    let columns = node.inputs[1].shape[3]
    if window.isPointwise {
      return node.denseWeightGradient(
        rows: window.outputCount, columns: columns, depth: window.channels)
    }
    return node.step(
      node.contract(
        fma: .UK_CONTRACT_f32_conv_weight_gradient_fma,
        muladd: .UK_CONTRACT_f32_conv_weight_gradient_muladd),
      window.stored(outputChannels: columns), overwritable: 0,
      macCount: window.outputCount * window.tapCount * window.channels * columns)
  }
}

// MARK: - Samples

extension ConvolutionWeightGradient {
  private static let same = Padding(top: 1, left: 1, bottom: 1, right: 1)

  private static func sample(
    _ label: String, _ operation: ConvolutionWeightGradient, _ x: Shape, _ dy: Shape
  ) -> Sample {
    Sample(label, operation, [.variable(.float(x)), .variable(.float(dy))])
  }

  package static let samples: [Sample] = [
    sample(
      "3x3", ConvolutionWeightGradient(kernel: Extent2D(3, 3), padding: same), [2, 7, 6, 5],
      [2, 7, 6, 18]),
    sample(
      "three blocks of one channel",
      ConvolutionWeightGradient(kernel: Extent2D(3, 3), padding: same), [3, 15, 13, 1],
      [3, 15, 13, 19]),
    sample(
      "strided and dilated",
      ConvolutionWeightGradient(
        kernel: Extent2D(3, 2), stride: Extent2D(2, 1), dilation: Extent2D(1, 2), padding: same),
      [1, 9, 8, 3], [1, 5, 8, 33]),
    sample(
      "pointwise", ConvolutionWeightGradient(kernel: .one), [1, 5, 7, 24], [1, 5, 7, 20]),
    sample(
      "1x1 with a stride", ConvolutionWeightGradient(kernel: .one, stride: Extent2D(2, 2)),
      [1, 6, 5, 8], [1, 3, 3, 16]),
  ]
}
