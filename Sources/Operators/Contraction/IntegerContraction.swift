// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The constants of an int8 contraction.
///
/// With `x = sx·(q − zx)`, `w = sw·(v − zw)` and `y = sy·(p − zy)`, the output is
/// `p = round((Σ q·(v − zw) + bias − zx·Σ(v − zw)) · sx·sw/sy) + zy`. Source: Jacob et al. 2018,
/// arXiv:1712.05877, equation 7.
struct IntegerContraction {
  let weights: [Int8]

  /// `zw`, which all weights share.
  let weightsZeroPoint: Int32

  /// `bias − zx·Σ(v − zw)`, one for each output channel.
  let bias: [Int32]

  /// `sx·sw/sy`, one for each output channel; 2ⁿ times that where `AccumulatorUnits` says so.
  let scales: [Float]

  let inputZeroPoint: Int8
  let output: uk_requantize

  /// `weightAxis` is the axis of the weights that counts output channels.
  init(
    _ node: NodeContext, activation: ActivationRange, weightAxis: Int
  ) throws(OperatorError) {
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let y = try node.outputQuantization()
    let data = try node.constant(1)
    let weightScales = try channelScales(of: node.inputs[1], axis: weightAxis, input: 1)
    weightsZeroPoint = try sharedZeroPoint(of: node.inputs[1], input: 1)
    inputZeroPoint = Int8(x.zeroPoint)
    output = uk_requantize(y, range: activation)

    let products = weightScales.map { Double(x.scale) * Double($0) }
    let units = try AccumulatorUnits(
      data, axis: weightAxis, biases: try biases(node, input: 2, products: products),
      zeroPoint: x.zeroPoint, weightsZeroPoint: weightsZeroPoint)
    weights = units.weights
    bias = units.starts
    scales = try zip(products, units.factors).mapChecked {
      (product, factor) throws(OperatorError) in
      try channelScale(product * factor / Double(y.scale), input: 1)
    }
  }

  /// Bias and scale as the kernels' operands.
  var columnOperands: [KernelRequest.Operand] {
    [.columns(bias, .int32), .columns(scales, .float32)]
  }
}

extension Sequence {
  /// `map` for a body of this module's error.
  func mapChecked<Result>(
    _ body: (Element) throws(OperatorError) -> Result
  ) throws(OperatorError) -> [Result] {
    var results: [Result] = []
    for element in self { results.append(try body(element)) }
    return results
  }
}

/// The zero point that all weights share.
func sharedZeroPoint(of type: TensorType, input: Int) throws(OperatorError) -> Int32 {
  guard let zeroPoints = type.quantization?.zeroPoints, let first = zeroPoints.first,
    zeroPoints.allSatisfy({ $0 == first }), Int8(exactly: first) != nil
  else { throw .quantizationUnsupported(input: input) }
  return first
}

/// The scales of weights, one for each output channel.
func channelScales(
  of type: TensorType, axis: Int, input: Int
) throws(OperatorError) -> [Float] {
  let scales = try checkChannelScales(of: type, axis: axis, input: input)
  return scales.count == type.shape[axis]
    ? scales : [Float](repeating: scales[0], count: type.shape[axis])
}

/// The scales of weights as they are: one, or one for each output channel.
@discardableResult func checkChannelScales(
  of type: TensorType, axis: Int, input: Int
) throws(OperatorError) -> [Float] {
  guard let quantization = type.quantization else { throw .quantizationMissing(input: input) }
  switch quantization.granularity {
  case .perTensor: return quantization.scales
  case .perChannel(axis: axis) where quantization.scales.count == type.shape[axis]:
    return quantization.scales
  case .perChannel, .blocks:
    throw .quantizationUnsupported(input: input)
  }
}

/// The bias in units of `x.scale · weights.scale`, 0 where the node has none.
///
/// An integer bias is in those units already, so its declared scale may differ only by rounding; a
/// float32 bias is rounded to nearest even.
func biases(
  _ node: NodeContext, input: Int, products: [Double]
) throws(OperatorError) -> [Double] {
  guard node.inputs.count > input else { return [Double](repeating: 0, count: products.count) }
  let data = try node.constant(input)
  if data.type.dtype == .float32 {
    return zip(data.float32Values, products).map { value, product in
      (Double(value) / product).rounded(.toNearestOrEven)
    }
  }
  if let quantization = node.inputs[input].quantization {
    // Float32 products of two float32 scales are off by 2^-24; converters have been seen to round
    // the scales themselves, so be a little more generous.
    let tolerance = 1e-3
    for (channel, product) in products.enumerated() {
      let declared = Double(quantization.scale(ofChannel: channel))
      guard quantization.zeroPoint(ofChannel: channel) == 0,
        abs(declared - product) <= tolerance * product
      else { throw .quantizationUnsupported(input: input) }
    }
  }
  return data.storedValues
}
