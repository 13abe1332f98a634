// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Compiler
import TestSupport

/// `y = clamp(W x + b)` of one row.
func denseGraph(
  weights: [Float], bias: [Float], inputs: Int, activation: ActivationRange
) throws -> Graph {
  var builder = GraphBuilder()
  let x = builder.input("x", TensorType(.float32, Shape([1, inputs])))
  let w = builder.constant(TensorData(Shape([bias.count, inputs]), float32: weights))
  let b = builder.constant(TensorData(Shape([bias.count]), float32: bias))
  let y = try builder.apply(FullyConnected(activation: activation), [x, w, b], name: "dense")
  builder.output("y", y)
  return builder.finish()
}

/// A small network with what real ones have: a stem, depthwise and pointwise layers, a linear
/// bottleneck that a residual adds to, pooling and a classifier.
///
/// With a spread, the linear values' channels are multiplied by its 8 factors, and what reads them
/// makes up for it: the result is the same.
func smallNetwork(seed: UInt64, spread: [Float]? = nil) throws -> Graph {
  var random = SplitMix64(seed: seed)
  var builder = GraphBuilder()
  let factors = spread ?? [Float](repeating: 1, count: 8)
  func numbers(_ count: Int, _ magnitude: Float) -> [Float] {
    (0..<count).map { _ in Float.random(in: -magnitude...magnitude, using: &random) }
  }
  /// Weights `[O, …, I]` with output channels multiplied and input channels divided.
  func constant(
    _ shape: [Int], _ magnitude: Float, out: [Float]? = nil, in divisors: [Float]? = nil
  ) -> Value {
    let shape = Shape(shape)
    let columns = shape[-1]
    var values = numbers(shape.elementCount, magnitude)
    for index in values.indices {
      if let out { values[index] *= out[index / (shape.elementCount / shape[0])] }
      if let divisors { values[index] /= divisors[index % columns] }
    }
    return builder.constant(TensorData(shape, float32: values))
  }
  let same = Padding(top: 1, left: 1, bottom: 1, right: 1)
  let x = builder.input("x", TensorType(.float32, Shape([1, 12, 12, 3])))
  let stem = try builder.apply(
    Convolution(stride: Extent2D(2, 2), padding: same, activation: .relu6),
    [x, constant([16, 3, 3, 3], 0.4), constant([16], 0.5)], name: "stem")
  let linear = try builder.apply(
    Convolution(),
    [stem, constant([8, 1, 1, 16], 0.5, out: factors), constant([8], 0.3, out: factors)],
    name: "linear")
  let expanded = try builder.apply(
    Convolution(activation: .relu6),
    [linear, constant([24, 1, 1, 8], 0.5, in: factors), constant([24], 0.3)], name: "expand")
  let depthwise = try builder.apply(
    DepthwiseConvolution(padding: same, activation: .relu6),
    [expanded, constant([3, 3, 24], 0.5), constant([24], 0.3)], name: "depthwise")
  let projected = try builder.apply(
    Convolution(),
    [depthwise, constant([8, 1, 1, 24], 0.3, out: factors), constant([8], 0.2, out: factors)],
    name: "project")
  let sum = try builder.apply(Add(), [linear, projected], name: "add")
  let last = try builder.apply(
    Convolution(activation: .relu),
    [sum, constant([20, 1, 1, 8], 0.5, in: factors), constant([20], 0.2)],
    name: "last")
  let pooled = try builder.apply(
    AveragePool(window: Extent2D(6, 6)), [last],
    name: "pool")
  let flat = try builder.apply(Reshape(shape: Shape([1, 20])), [pooled], name: "flatten")
  let y = try builder.apply(
    FullyConnected(), [flat, constant([5, 20], 0.6), constant([5], 0.2)], name: "classes")
  builder.output("y", y)
  return builder.finish()
}

/// Inputs of the small network.
func smallSamples(_ count: Int, seed: UInt64) -> [[TensorData]] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in
    let values = (0..<12 * 12 * 3).map { _ in Float.random(in: -1...1, using: &random) }
    return [TensorData(Shape([1, 12, 12, 3]), float32: values)]
  }
}
