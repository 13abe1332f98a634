// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// The constants of a contraction of int16 activations and int8 weights.
///
/// All zero points are 0: with `x = sx·q`, `w = sw·v` and `y = sy·p`, the output is
/// `p = round((Σ q·v + bias) · sx·sw/sy)`. A product is at most 2²² and a bias 2⁵², in units of
/// `sx·sw`: no depth that a shape can have takes their sum out of 64 bits, nor, up to 2³⁰, out of
/// the 53 in which float64 is exact.
struct WideContraction {
  private(set) var weights: [Int8]

  /// One for each output channel.
  let bias: [Int64]

  /// `sx·sw/sy`, one for each output channel.
  let scales: [Float]

  let output: uk_requantize

  /// `weightAxis` is the axis of the weights that counts output channels.
  init(
    _ node: NodeContext, activation: ActivationRange, weightAxis: Int
  ) throws(OperatorError) {
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let y = try node.outputQuantization()
    let data = try node.constant(1)
    let weightScales = try channelScales(of: node.inputs[1], axis: weightAxis, input: 1)
    guard try sharedZeroPoint(of: node.inputs[1], input: 1) == 0 else {
      throw .quantizationUnsupported(input: 1)
    }
    output = uk_requantize(y, range: activation, .int16)
    let products = weightScales.map { Double(x.scale) * Double($0) }
    let biases = try biases(node, input: 2, products: products)
    let factors = try biases.mapChecked(unitFactor)
    bias = zip(biases, factors).map { Int64(($0 / $1).rounded(.toNearestOrEven)) }
    scales = try zip(products, factors).mapChecked { (product, factor) throws(OperatorError) in
      try channelScale(product * factor / Double(y.scale), input: 1)
    }
    weights = data.int8Values
    let (stride, channels) = (data.type.shape.strides[weightAxis], data.type.shape[weightAxis])
    for index in weights.indices where factors[index / stride % channels] > 1 {
      let coarse = Double(weights[index]) / factors[index / stride % channels]
      weights[index] = Int8(coarse.rounded(.toNearestOrEven))
    }
  }

  /// Bias and scale as the kernels' operands.
  var columnOperands: [KernelRequest.Operand] {
    [.columns(bias, .int64), .columns(scales, .float32)]
  }
}

/// How many units one unit of a channel must be for its bias to be at most 2⁵².
///
/// More than one in channels of tiny scales alone, whose weights are nothing beside such a bias.
private func unitFactor(bias: Double) throws(OperatorError) -> Double {
  guard bias.isFinite else { throw .accumulatorOverflow }
  var factor = 1.0
  while bias.magnitude > 0x1p52 * factor { factor *= 2 }
  return factor
}
