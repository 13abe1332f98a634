// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The largest element of each channel over a window; padding does not take part.
///
/// Input `[N, H, W, C]`, output `[N, H', W', C]`; float32, int8 or int16. NaN is skipped.
package struct MaxPool: Operator, Hashable {
  package static let name = "MaxPool"
  package static let spellings: [Spelling] = [
    .onnx("MaxPool", since: 1) { node throws(OperatorError) in
      let rank = node.shape(of: try node.input(0)).rank
      let x = try node.channelsLastImage(try node.input(0))
      let (kernel, window, _) = try node.onnxPool(image: node.shape(of: x))
      let pool = MaxPool(window: kernel, stride: window.stride, padding: window.padding)
      return [try node.channelsFirst(try node.apply(pool, [x]), rank: rank)]
    },
    .onnx("GlobalMaxPool", since: 1) { node throws(OperatorError) in
      let rank = node.shape(of: try node.input(0)).rank
      let x = try node.channelsLastImage(try node.input(0))
      let y = try node.apply(MaxPool(window: node.imageExtent(of: x)), [x])
      return [try node.channelsFirst(y, rank: rank)]
    },
    .tflite(17) { node throws(OperatorError) in
      let (window, stride, padding) = try node.tflitePool()
      let pool = MaxPool(
        window: window, stride: stride, padding: padding, activation: try node.fusedActivation())
      return [try node.asDeclared(try node.apply(pool, [try node.image4D(0)]))]
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.sameAsInput

  package var window: Extent2D
  package var stride: Extent2D
  package var padding: Padding
  package var activation: ActivationRange

  package init(
    window: Extent2D, stride: Extent2D = .one, padding: Padding = .none,
    activation: ActivationRange = .none
  ) {
    self.window = window
    self.stride = stride
    self.padding = padding
    self.activation = activation
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkActivation(input: 0)
    let pool = try pool(over: inputs[0])
    return [inputs[0].moved(to: try pool.outputShape(channels: pool.channels))]
  }

  private func pool(over image: TensorType) throws(OperatorError) -> Window {
    try Window(poolingOver: image, kernel: window, stride: stride, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let pool = try? pool(over: TensorType(.float32, inputs[0].shape)),
      let shape = try? pool.outputShape(channels: pool.channels)
    else { preconditionFailure("types were inferred") }
    let channels = pool.channels
    var y = [Double](repeating: -.infinity, count: shape.elementCount)
    pool.forEachTap { output, _, input in
      for c in 0..<channels where inputs[0].values[input * channels + c] > y[output * channels + c]
      {
        y[output * channels + c] = inputs[0].values[input * channels + c]
      }
    }
    return [ReferenceTensor(shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let pool = try pool(over: node.inputs[0])
    let dtype = try node.activationType()
    if dtype != .float32 {
      let x = try node.inputs[0].perTensorQuantization(input: 0)
      return .step(
        KernelRequest(
          dtype == .int16 ? .UK_CONTRACT_s16_maxpool : .UK_CONTRACT_s8_maxpool,
          parameters: uk_s8_pool_parameters(
            window: pool.stored(outputChannels: pool.channels),
            output: uk_requantize(x, range: activation, dtype),
            input_zero_point: x.zeroPoint, multiplier: 1, counts_padding: 0, reserved: 0),
          operands: [.input(0), .output(0)]))
    }
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_maxpool_clamp,
        parameters: uk_f32_window_parameters(
          window: pool.stored(outputChannels: pool.channels), min: activation.min,
          max: activation.max, counts_padding: 0, reserved: 0),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Gradient

extension MaxPool: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, y) = (node.inputs[0], node.outputs[0])
    let dz = try builder.clampGradient(node.outputGradient, of: y, activation)
    let gradient = MaxPoolGradient(window: window, stride: stride, padding: padding)
    return [try builder.apply(gradient, [x, dz])]
  }
}

// MARK: - Samples

extension MaxPool {
  private static let around = Padding(top: 1, left: 1, bottom: 1, right: 1)

  package static let samples: [Sample] = [
    Sample(
      "float32",
      MaxPool(
        window: Extent2D(3, 3), stride: Extent2D(2, 2),
        padding: around), [.variable(.float([2, 7, 6, 19]))]),
    Sample(
      "float32, relu", MaxPool(window: Extent2D(2, 2), stride: Extent2D(2, 2), activation: .relu),
      [.variable(.float([1, 6, 4, 5]), -2...0.5)]),
    Sample(
      "int8",
      MaxPool(
        window: Extent2D(3, 2), stride: Extent2D(2, 1),
        padding: Padding(top: 1, left: 0, bottom: 1, right: 0), activation: .relu6),
      [.variable(.int8([2, 7, 6, 19], scale: 0.06, zeroPoint: -20), -7...7)]),
    Sample(
      "int16",
      MaxPool(
        window: Extent2D(3, 2), stride: Extent2D(2, 1),
        padding: Padding(top: 1, left: 0, bottom: 1, right: 0), activation: .relu6),
      [.variable(.int16([2, 7, 6, 35], scale: 2.2e-4), -7...7)]),
  ]
}
