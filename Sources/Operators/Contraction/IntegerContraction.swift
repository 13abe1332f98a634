// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The constants of an int8 contraction.
///
/// With `x = sx·(q − zx)`, `w = sw·v` and `y = sy·(p − zy)`, the output is
/// `p = round((Σ q·v + bias − zx·Σv) · sx·sw/sy) + zy`. Source: Jacob et al. 2018,
/// arXiv:1712.05877, equation 7, with symmetric weights.
struct IntegerContraction {
  let weights: [Int8]

  /// `bias − zx·Σv`, one for each output channel.
  let bias: [Int32]

  /// `sx·sw/sy`, one for each output channel.
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
    let weightScales = try symmetricScales(of: node.inputs[1], axis: weightAxis, input: 1)
    weights = data.int8Values
    inputZeroPoint = Int8(x.zeroPoint)
    output = uk_requantize(y, range: activation)

    let products = weightScales.map { Double(x.scale) * Double($0) }
    scales = try products.mapChecked { (product) throws(OperatorError) in
      try channelScale(product / Double(y.scale), input: 1)
    }
    let addends = try biasAddends(node, products: products)
    let sums = channelSums(of: weights, shape: data.type.shape, axis: weightAxis)
    bias = try zip(addends, sums).mapChecked { (addend, sum) throws(OperatorError) in
      try accumulatorStart(addend - Int64(x.zeroPoint) * sum.signed, magnitude: sum.magnitude)
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

/// The scales of symmetric weights, one for each output channel.
private func symmetricScales(
  of type: TensorType, axis: Int, input: Int
) throws(OperatorError) -> [Float] {
  guard let quantization = type.quantization else { throw .quantizationMissing(input: input) }
  guard quantization.zeroPoints.allSatisfy({ $0 == 0 }) else {
    throw .quantizationUnsupported(input: input)
  }
  switch quantization.granularity {
  case .perTensor:
    return [Float](repeating: quantization.scales[0], count: type.shape[axis])
  case .perChannel(axis: axis) where quantization.scales.count == type.shape[axis]:
    return quantization.scales
  case .perChannel:
    throw .quantizationUnsupported(input: input)
  }
}

/// The bias in units of `x.scale · weights.scale`, 0 where the node has none.
///
/// An int32 bias is in those units already, so its declared scale may differ only by rounding; a
/// float32 bias is rounded to nearest even.
private func biasAddends(
  _ node: NodeContext, products: [Double]
) throws(OperatorError) -> [Int64] {
  guard node.inputs.count > 2 else { return [Int64](repeating: 0, count: products.count) }
  let data = try node.constant(2)
  if data.type.dtype == .float32 {
    return try zip(data.float32Values, products).mapChecked {
      (value, product) throws(OperatorError) in
      let addend = (Double(value) / product).rounded(.toNearestOrEven)
      guard abs(addend) <= Double(Int32.max) else { throw .accumulatorOverflow }
      return Int64(addend)
    }
  }
  if let quantization = node.inputs[2].quantization {
    // Float32 products of two float32 scales are off by 2^-24; converters have been seen to round
    // the scales themselves, so be a little more generous.
    let tolerance = 1e-3
    for (channel, product) in products.enumerated() {
      let declared = Double(quantization.scale(ofChannel: channel))
      guard quantization.zeroPoint(ofChannel: channel) == 0,
        abs(declared - product) <= tolerance * product
      else { throw .quantizationUnsupported(input: 2) }
    }
  }
  return data.int32Values.map { Int64($0) }
}

/// For each channel, the sum of its weights and of their magnitudes.
private func channelSums(
  of weights: [Int8], shape: Shape, axis: Int
) -> [(signed: Int64, magnitude: Int64)] {
  let (stride, extent) = (shape.strides[axis], shape[axis])
  var sums = [(signed: Int64, magnitude: Int64)](repeating: (0, 0), count: extent)
  for (index, weight) in weights.enumerated() {
    sums[index / stride % extent].signed += Int64(weight)
    sums[index / stride % extent].magnitude += Int64(weight.magnitude)
  }
  return sums
}

/// The accumulator's first value, when no sum of products can leave 32 bits in any order.
private func accumulatorStart(_ start: Int64, magnitude: Int64) throws(OperatorError) -> Int32 {
  guard Int64(start.magnitude) + 128 * magnitude <= Int64(Int32.max) else {
    throw .accumulatorOverflow
  }
  return Int32(start)
}
