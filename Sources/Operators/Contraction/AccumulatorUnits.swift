// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Weights and biases of an int8 contraction in units in which no sum of products leaves 32 bits.
///
/// The unit of an output channel is `x.scale · weights.scale`. Quantisers give a channel that has
/// next to no weights a tiny scale, in which its bias is huge. Such a channel counts in a unit 2ⁿ
/// times as large, its weights rounded to it: beside a bias of 2³¹ that moves the output by less
/// than 2⁻²⁵ of itself for each product, which is nothing in 8 bits.
struct AccumulatorUnits {
  /// The weights, those of coarse channels rounded.
  private(set) var weights: [Int8]

  /// The accumulator's first value, `bias − zx·Σ(v − zw)`, one for each channel.
  private(set) var starts: [Int32] = []

  /// How many of the original units one unit is, 2ⁿ, one for each channel.
  private(set) var factors: [Double] = []

  /// - Parameters:
  ///   - data: the weights.
  ///   - axis: the axis of the weights that counts output channels.
  ///   - biases: in the original units, one for each channel.
  ///   - zeroPoint: of the contraction's input, zx.
  ///   - weightsZeroPoint: of the weights, zw.
  /// - Throws: `OperatorError.accumulatorOverflow` when no unit serves.
  init(
    _ data: TensorData, axis: Int, biases: [Double], zeroPoint: Int32, weightsZeroPoint: Int32 = 0
  ) throws(OperatorError) {
    weights = data.int8Values
    let (stride, channels) = (data.type.shape.strides[axis], data.type.shape[axis])
    let depth = weights.count / channels
    var sums = [(signed: Int64, magnitude: Int64)](repeating: (0, 0), count: channels)
    func addUp() {
      sums = sums.map { _ in (0, 0) }
      for (index, weight) in weights.enumerated() {
        let centered = Int64(weight) - Int64(weightsZeroPoint)
        sums[index / stride % channels].signed += centered
        sums[index / stride % channels].magnitude += abs(centered)
      }
    }
    addUp()
    for (bias, sum) in zip(biases, sums) {
      let start = bias - Double(zeroPoint) * Double(sum.signed)
      factors.append(
        try factor(start: start, bias: bias, magnitude: sum.magnitude, depth: depth))
    }
    for index in weights.indices where factors[index / stride % channels] > 1 {
      let centered = Double(weights[index]) - Double(weightsZeroPoint)
      let coarse = (centered / factors[index / stride % channels]).rounded(.toNearestOrEven)
      weights[index] = Int8(coarse + Double(weightsZeroPoint))
    }
    addUp()
    for (channel, sum) in sums.enumerated() {
      let bias = (biases[channel] / factors[channel]).rounded(.toNearestOrEven)
      starts.append(Int32(bias - Double(zeroPoint) * Double(sum.signed)))
    }
  }
}

/// The smallest unit of a channel that serves: inputs are at most 128 in magnitude, and so is the
/// zero point that `start` holds.
private func factor(
  start: Double, bias: Double, magnitude: Int64, depth: Int
) throws(OperatorError) -> Double {
  let limit = Double(Int32.max)
  if start.magnitude + 128 * Double(magnitude) <= limit { return 1 }
  // Rounding enlarges a weight by half a unit at most, and the bias as well.
  let room = limit - 128 * Double(depth) - 1
  guard room > 0, bias.isFinite else { throw .accumulatorOverflow }
  var factor = 2.0
  while bias.magnitude + 256 * Double(magnitude) > room * factor { factor *= 2 }
  return factor
}
