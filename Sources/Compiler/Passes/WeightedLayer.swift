// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// A float32 convolution or dense layer with constant weights, taken apart to be changed.
struct WeightedLayer {
  private let operation: any WeightedOperator
  private let input: Value
  private let weights: TensorData
  private let bias: [Double]

  /// The weights as the graph has them, where they did not change and are integers.
  private let stored: Value?

  /// The layer whose node writes a value; `nil` when none does, or its parts are not constants.
  ///
  /// A layer of floats may have integers for weights if these stay as they are.
  init?(writing value: Value, _ builder: GraphBuilder, keepsWeights: Bool = false) {
    guard let node = builder.producer(of: value),
      let operation = node.operation as? any WeightedOperator, operation.packing == nil
    else { return nil }
    let integers = builder.producer(of: node.inputs[1], as: Dequantize.self)?.inputs[0]
    let isInteger = builder.producer(of: node.inputs[0], as: Dequantize.self) != nil
    if keepsWeights, !isInteger, let data = integers.flatMap({ builder.constant($0) }) {
      stored = node.inputs[1]
      weights = data
    } else if let data = builder.constant(node.inputs[1]), data.type.dtype == .float32 {
      stored = nil
      weights = data
    } else {
      return nil
    }
    self.operation = operation
    input = node.inputs[0]
    let channels = weights.type.shape[Swift.type(of: operation).weightChannelAxis]
    guard node.inputs.count > 2 else {
      bias = [Double](repeating: 0, count: channels)
      return
    }
    guard let bias = builder.constant(node.inputs[2]) else { return nil }
    self.bias = Array(bias.storedValues.prefix(channels))
  }

  private init(
    _ operation: any WeightedOperator, _ input: Value, _ weights: TensorData, _ bias: [Double],
    stored: Value? = nil
  ) {
    self.operation = operation
    self.input = input
    self.weights = weights
    self.bias = bias
    self.stored = stored
  }

  /// Whether nothing clamps the sums yet.
  var isLinear: Bool { operation.activation == .none }

  var channelCount: Int { bias.count }

  /// The layer that computes `factor · y + offset`, by channel, of this one's y.
  func followed(byFactors factors: [Double], offsets: [Double]) -> WeightedLayer {
    let axis = Swift.type(of: operation).weightChannelAxis
    let stride = weights.type.shape.strides[axis]
    let scaled = weights.storedValues.enumerated().map { index, weight in
      Float(weight * factors[index / stride % channelCount])
    }
    let shifted = bias.indices.map { bias[$0] * factors[$0] + offsets[$0] }
    return WeightedLayer(
      operation, input, TensorData(weights.type.shape, float32: scaled), shifted)
  }

  /// The layer that computes `y + offset`, by channel; its weights keep their bits.
  func followed(byOffsets offsets: [Double]) -> WeightedLayer {
    WeightedLayer(operation, input, weights, zip(bias, offsets).map { $0 + $1 }, stored: stored)
  }

  /// Adds the layer's node, clamped, and returns its output.
  func add(
    to builder: inout GraphBuilder, activation: ActivationRange, name: String
  ) throws(OperatorError) -> [Value] {
    var operation = operation
    operation.activation = activation
    let biasData = TensorData(Shape([channelCount]), float32: bias.map { Float($0) })
    return try builder.add(
      operation,
      [
        input, stored ?? builder.constant(weights, name: "\(name)/weights"),
        builder.constant(biasData, name: "\(name)/bias"),
      ], name: name)
  }
}
