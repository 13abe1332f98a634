// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The mean of each channel over a window: `y[n, p, c] = clamp(Σ x[n, window of p, c] / count)`.
///
/// Input `[N, H, W, C]`, output `[N, H', W', C]`; float32, int8 or int16.
package struct AveragePool: Operator, Hashable {
  package static let name = "AveragePool"
  package static let spellings: [Spelling] = [
    .onnx("AveragePool", since: 1, fromONNX),
    .onnx("GlobalAveragePool", since: 1) { node throws(OperatorError) in
      let rank = node.shape(of: try node.input(0)).rank
      let x = try node.channelsLastImage(try node.input(0))
      let y = try node.apply(AveragePool(window: node.imageExtent(of: x)), [x])
      return [try node.channelsFirst(y, rank: rank)]
    },
    .tflite(1) { node throws(OperatorError) in
      let (window, stride, padding) = try node.tflitePool()
      let pool = AveragePool(
        window: window, stride: stride, padding: padding, activation: try node.fusedActivation())
      return try node.unary(pool)
    },
  ]
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.freeOutputScale

  package var window: Extent2D
  package var stride: Extent2D
  package var padding: Padding

  /// Whether `count` is the whole window; otherwise only its part inside the image.
  package var countsPadding: Bool
  package var activation: ActivationRange

  package init(
    window: Extent2D, stride: Extent2D = .one, padding: Padding = .none,
    countsPadding: Bool = false, activation: ActivationRange = .none
  ) {
    self.window = window
    self.stride = stride
    self.padding = padding
    self.countsPadding = countsPadding
    self.activation = activation
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkActivation(input: 0)
    let pool = try pool(over: inputs[0])
    return [inputs[0].output(try pool.outputShape(channels: pool.channels))]
  }

  private func pool(over image: TensorType) throws(OperatorError) -> Window {
    try Window(poolingOver: image, kernel: window, stride: stride, padding: padding)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    guard let pool = try? pool(over: TensorType(.float32, inputs[0].shape)),
      let shape = try? pool.outputShape(channels: pool.channels)
    else { preconditionFailure("types were inferred") }
    let channels = pool.channels
    var y = [Double](repeating: 0, count: shape.elementCount)
    var counts = [Int](repeating: 0, count: pool.outputCount)
    pool.forEachTap { output, _, input in
      counts[output] += 1
      for c in 0..<channels { y[output * channels + c] += inputs[0].values[input * channels + c] }
    }
    for index in y.indices {
      let count = countsPadding ? pool.tapCount : counts[index / channels]
      y[index] = activation(y[index] / Double(count))
    }
    return [ReferenceTensor(shape, y)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let pool = try pool(over: node.inputs[0])
    let counts: UInt32 = countsPadding ? 1 : 0
    let dtype = try node.activationType()
    if dtype != .float32 {
      // The sum of an int16 window has 32 bits.
      guard dtype == .int8 || pool.tapCount <= 65535 else { throw .accumulatorOverflow }
      let x = try node.inputs[0].perTensorQuantization(input: 0)
      let y = try node.outputQuantization()
      let multiplier = try requantizationScale(Double(x.scale) / Double(y.scale), input: 0)
      return .step(
        KernelRequest(
          dtype == .int16 ? .UK_CONTRACT_s16_avgpool : .UK_CONTRACT_s8_avgpool,
          parameters: uk_s8_pool_parameters(
            window: pool.stored(outputChannels: pool.channels),
            output: uk_requantize(y, range: activation, dtype),
            input_zero_point: x.zeroPoint, multiplier: multiplier, counts_padding: counts,
            reserved: 0),
          operands: [.input(0), .output(0)]))
    }
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_avgpool_clamp,
        parameters: uk_f32_window_parameters(
          window: pool.stored(outputChannels: pool.channels), min: activation.min,
          max: activation.max, counts_padding: counts, reserved: 0),
        operands: [.input(0), .output(0)]))
  }
}

// MARK: - Gradient

extension AveragePool: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let image = builder.type(of: node.inputs[0])
    let pool = try pool(over: image)
    let dz = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    if pool.output == .one, pool.kernel == pool.input, pool.padding == .none {
      let part = try builder.scaled(dz, by: Float(1 / Double(pool.tapCount)))
      return [try builder.expanded(part, to: image.shape)]
    }
    let shares = builder.constant(shares(pool))
    let ones = Shape([pool.kernel.height, pool.kernel.width, pool.channels])
    let filters = builder.constant(
      TensorData(ones, float32: [Float](repeating: 1, count: ones.elementCount)))
    let gradient = DepthwiseInputGradient(stride: stride, padding: padding, image: pool.input)
    return [try builder.apply(gradient, [try builder.product(dz, shares), filters])]
  }

  /// `[1, H', W', 1]`: the reciprocal count of what each output pixel averages.
  private func shares(_ pool: Window) -> TensorData {
    var counts = [Int](repeating: 0, count: pool.outputCount)
    pool.forEachTap { output, _, _ in counts[output] += 1 }
    let count = pool.output.height * pool.output.width
    let shares = counts.prefix(count).map {
      Float(1 / Double(countsPadding ? pool.tapCount : $0))
    }
    return TensorData([1, pool.output.height, pool.output.width, 1], float32: shares)
  }
}

// MARK: - Samples

extension AveragePool {
  private static let around = Padding(top: 1, left: 1, bottom: 1, right: 1)

  package static let samples: [Sample] = [
    Sample(
      "float32, 3x3",
      AveragePool(
        window: Extent2D(3, 3), stride: Extent2D(2, 2),
        padding: around), [.variable(.float([2, 7, 6, 19]))]),
    Sample(
      "float32, counting padding",
      AveragePool(
        window: Extent2D(2, 3), padding: Padding(top: 1, left: 1, bottom: 0, right: 1),
        countsPadding: true, activation: .relu), [.variable(.float([1, 5, 6, 5]))]),
    Sample(
      "float32, global", AveragePool(window: Extent2D(7, 7)), [.variable(.float([1, 7, 7, 33]))]),
    Sample(
      "int8, 3x3",
      AveragePool(
        window: Extent2D(3, 3), stride: Extent2D(2, 2),
        padding: around),
      [.variable(.int8([2, 7, 6, 19], scale: 0.02, zeroPoint: -20))],
      outputQuantization: QuantizationParameters(scale: 0.015, zeroPoint: 4)),
    Sample(
      "int16, 3x3",
      AveragePool(
        window: Extent2D(3, 3), stride: Extent2D(2, 2),
        padding: around), [.variable(.int16([2, 7, 6, 19], scale: 7e-5))],
      outputQuantization: QuantizationParameters(scale: 5e-5, zeroPoint: 0)),
    Sample(
      "int8, counting padding",
      AveragePool(
        window: Extent2D(2, 3), padding: Padding(top: 1, left: 1, bottom: 0, right: 1),
        countsPadding: true, activation: .relu),
      [.variable(.int8([1, 5, 6, 5], scale: 0.02, zeroPoint: 60))],
      outputQuantization: QuantizationParameters(scale: 0.02, zeroPoint: 60)),
  ]
}

// MARK: - Spellings

extension AveragePool {
  private static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let rank = node.shape(of: try node.input(0)).rank
    let x = try node.channelsLastImage(try node.input(0))
    let (kernel, window, isExtended) = try node.onnxPool(image: node.shape(of: x))
    let countsPadding = try node.attributes.bool("count_include_pad", default: false)
    // What a partial window adds behind the padding would count as padding.
    if countsPadding, isExtended { throw .attributeValue("ceil_mode", .int(1)) }
    let pool = AveragePool(
      window: kernel, stride: window.stride, padding: window.padding, countsPadding: countsPadding)
    return [try node.channelsFirst(try node.apply(pool, [x]), rank: rank)]
  }
}
