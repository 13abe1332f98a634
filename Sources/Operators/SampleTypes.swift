// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Short words for the types of samples.

extension TensorType {
  static func float(_ shape: Shape) -> TensorType { TensorType(.float32, shape) }

  /// Int8 with one scale for all.
  static func int8(_ shape: Shape, scale: Float, zeroPoint: Int32 = 0) -> TensorType {
    TensorType(
      .int8, shape, quantization: QuantizationParameters(scale: scale, zeroPoint: zeroPoint))
  }

  /// Int16 with one scale for all.
  static func int16(_ shape: Shape, scale: Float) -> TensorType {
    TensorType(
      .int16, shape, quantization: QuantizationParameters(scale: scale, zeroPoint: 0))
  }

  /// Symmetric int8 weights with a scale for each index along an axis, all different.
  static func weights(_ shape: Shape, channelAxis axis: Int = 0) -> TensorType {
    let scales = (0..<shape[axis]).map { 0.004 + 0.001 * Float($0 % 5) }
    return TensorType(
      .int8, shape,
      quantization: QuantizationParameters(
        axis: axis, scales: scales, zeroPoints: [Int32](repeating: 0, count: scales.count)))
  }

  /// Int8 of −8 to 7, standing for −0.6 to 0.5 at least, with a scale for each 32 along the last
  /// axis.
  static func int4Weights(_ shape: Shape) -> TensorType {
    let count = shape.elementCount / shape[-1] * blockCount(shape[-1], 32)
    return TensorType(
      .int8, shape,
      quantization: QuantizationParameters(
        axis: shape.rank - 1, blockSize: 32,
        scales: (0..<count).map { 0.08 + 0.01 * Float($0 % 5) }))
  }

  static func float16(_ shape: Shape) -> TensorType { TensorType(.float16, shape) }

  /// The int32 bias that belongs to int8 weights under an input scale.
  static func bias(inputScale: Float, weights: TensorType) -> TensorType {
    let scales = (weights.quantization?.scales ?? []).map { inputScale * $0 }
    return TensorType(
      .int32, [scales.count],
      quantization: scales.count == 1
        ? QuantizationParameters(scale: scales[0], zeroPoint: 0)
        : QuantizationParameters(
          axis: 0, scales: scales, zeroPoints: [Int32](repeating: 0, count: scales.count)))
  }
}

extension Operator {
  /// The sample of this label.
  package static func sample(_ label: String) -> Sample {
    guard let sample = samples.first(where: { $0.label == label }) else {
      preconditionFailure("\(name) has no sample \"\(label)\"")
    }
    return sample
  }
}

extension Sample {
  /// A sample with float32 weights and bias: x, then the weights' shape and the channel count.
  static func float(
    _ label: String, _ operation: any Operator, _ x: Shape, weights: Shape, bias: Int? = nil
  ) -> Sample {
    var inputs: [Input] = [.variable(.float(x)), .constant(.float(weights))]
    if let bias { inputs.append(.constant(.float([bias]))) }
    return Sample(label, operation, inputs)
  }

  /// A float32 sample of packed weights that are no constants, of a natural shape; its bias, if it
  /// has one, is none either.
  static func packed(
    _ label: String, _ operation: some PackableOperator, _ x: Shape, weights: Shape,
    bias: Int? = nil
  ) -> Sample {
    guard let layout = try? operation.packedLayout(weights) else {
      preconditionFailure("a sample's weights")
    }
    var inputs: [Input] = [.variable(.float(x)), .variable(.float(layout.shape), -1...1)]
    if let bias { inputs.append(.variable(.float([bias]))) }
    return Sample(label, operation.packing(weights), inputs)
  }

  /// A float32 sample whose weights are stored in another type, with a bias.
  static func stored(
    _ label: String, _ operation: any Operator, _ x: Shape, _ weights: TensorType
  ) -> Sample {
    Sample(
      label, operation,
      [
        .variable(.float(x)), .constant(weights, -0.6...0.6),
        .constant(.float([weights.shape[0]])),
      ])
  }

  /// A sample in int8 with a scale for each output channel, and an int32 bias.
  static func int8(
    _ label: String, _ operation: any Operator, _ x: Shape, weights: Shape, channelAxis: Int
  ) -> Sample {
    let input = TensorType.int8(x, scale: 0.02, zeroPoint: -7)
    let weights = TensorType.weights(weights, channelAxis: channelAxis)
    return Sample(
      label, operation,
      [
        .variable(input), .constant(weights, -0.6...0.6),
        .constant(.bias(inputScale: 0.02, weights: weights)),
      ],
      outputQuantization: QuantizationParameters(scale: 0.05, zeroPoint: 11))
  }

  /// A sample in int16 with a scale for each output channel, and a float32 bias.
  static func int16(
    _ label: String, _ operation: any Operator, _ x: Shape, weights: Shape, channelAxis: Int
  ) -> Sample {
    let weights = TensorType.weights(weights, channelAxis: channelAxis)
    return Sample(
      label, operation,
      [
        .variable(.int16(x, scale: 7e-5)), .constant(weights, -0.6...0.6),
        .constant(.float([weights.shape[channelAxis]])),
      ],
      outputQuantization: QuantizationParameters(scale: 2e-4, zeroPoint: 0))
  }

  /// A sample in int8 whose weights have one scale and a zero point, without a bias.
  static func asymmetric(
    _ label: String, _ operation: any Operator, _ x: Shape, weights: Shape
  ) -> Sample {
    Sample(
      label, operation,
      [
        .variable(.int8(x, scale: 0.03, zeroPoint: 20)),
        .constant(.int8(weights, scale: 0.008, zeroPoint: 113), -1.9...0.1),
      ],
      outputQuantization: QuantizationParameters(scale: 0.04, zeroPoint: -128))
  }
}
