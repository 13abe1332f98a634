// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The gradient of maximum pooling: that of each output goes to the first tap of its window, kernel
/// row by kernel row, that has the maximum.
///
/// Inputs: x `[N, H, W, C]`, dy `[N, H', W', C]`, without the pool's clamp; output of x's shape. A
/// window of NaN alone gives its gradient to nobody. Float32. Only differentiation makes it.
package struct MaxPoolGradient: Operator, Hashable {
  package static let name = "MaxPoolGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  package var window: Extent2D
  package var stride: Extent2D
  package var padding: Padding

  package init(window: Extent2D, stride: Extent2D = .one, padding: Padding = .none) {
    self.window = window
    self.stride = stride
    self.padding = padding
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    for (index, input) in inputs.enumerated() { try input.check(dtype: .float32, input: index) }
    let pool = try pool(over: inputs[0])
    try inputs[1].check(extents: try pool.outputShape(channels: pool.channels).extents, input: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  private func pool(over image: TensorType) throws(OperatorError) -> Window {
    try Window(poolingOver: image, kernel: window, stride: stride, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let pool = try? pool(over: TensorType(.float32, inputs[0].shape)) else {
      preconditionFailure("types were inferred")
    }
    let (x, channels) = (inputs[0].values, pool.channels)
    var greatest = [Int?](repeating: nil, count: inputs[1].values.count)
    pool.forEachTap { output, _, input in
      for c in 0..<channels {
        let (element, place) = (input * channels + c, output * channels + c)
        if x[element] > greatest[place].map({ x[$0] }) ?? -.infinity || greatest[place] == nil {
          if !x[element].isNaN { greatest[place] = element }
        }
      }
    }
    var dx = ReferenceTensor(inputs[0].shape, repeating: 0)
    for (place, element) in greatest.enumerated() {
      if let element { dx.values[element] += inputs[1].values[place] }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let pool = try pool(over: node.inputs[0])
    return node.step(
      .UK_CONTRACT_f32_maxpool_gradient, pool.stored(outputChannels: pool.channels),
      overwritable: 0)
  }
}

// MARK: - Samples

extension MaxPoolGradient {
  private static let around = Padding(top: 1, left: 1, bottom: 1, right: 1)

  private static func sample(
    _ label: String, _ operation: MaxPoolGradient, _ x: Shape, _ dy: Shape
  ) -> Sample {
    Sample(label, operation, [.variable(.float(x)), .variable(.float(dy))])
  }

  package static let samples: [Sample] = [
    sample(
      "3x3, windows that overlap",
      MaxPoolGradient(window: Extent2D(3, 3), stride: Extent2D(2, 2), padding: around),
      [2, 7, 6, 19], [2, 4, 3, 19]),
    sample(
      "2x2, a row and a column left over",
      MaxPoolGradient(window: Extent2D(2, 2), stride: Extent2D(2, 2)), [2, 7, 5, 35],
      [2, 3, 2, 35]),
    sample(
      "windows apart", MaxPoolGradient(window: Extent2D(2, 1), stride: Extent2D(3, 2)),
      [1, 8, 6, 5], [1, 3, 3, 5]),
    sample(
      "every pixel", MaxPoolGradient(window: Extent2D(2, 3), padding: around), [1, 5, 6, 3],
      [1, 6, 6, 3]),
  ]
}
