// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Moves reshapes behind elementwise operators, towards the outputs, where they meet and cancel.
  ///
  /// `f(reshape(a), reshape(b))` becomes `reshape(f(a, b))`, and what a reshape kept apart, such as
  /// a convolution of a signal and its clamp, can be fused.
  package static let reshapeSinking = Pass("reshape sinking") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      // What is dequantised was reshaped before, as integers, on purpose.
      guard node.operation is any ElementwiseOperator, !(node.operation is Dequantize),
        let shape = inputs.compactMap({ sourceShape(of: $0, builder) }).first
      else { return nil }
      let output = graph.type(of: node.outputs[0])
      guard inputs.allSatisfy({ follows($0, from: output.shape, to: shape, builder) }) else {
        return nil
      }
      var sources: [Value] = []
      for input in inputs {
        sources.append(try moved(input, from: output.shape, to: shape, &builder))
      }
      let result = try builder.apply(
        node.operation, sources, quantization: output.quantization, name: node.name)
      return [try builder.reshaped(result, to: output.shape, name: node.name)]
    }
  }
}

/// The shape that a value had before it was reshaped; `nil` when it was not, or is known at compile
/// time.
private func sourceShape(of value: Value, _ builder: GraphBuilder) -> Shape? {
  guard !builder.isFoldable(value) else { return nil }
  return builder.producer(of: value, as: Reshape.self).map { builder.type(of: $0.inputs[0]).shape }
}

/// Whether an operand can take part in the shape of another: it was reshaped from it, is a constant
/// as large, or a single element.
private func follows(
  _ value: Value, from output: Shape, to shape: Shape, _ builder: GraphBuilder
) -> Bool {
  let type = builder.type(of: value)
  if type.shape.elementCount == 1, output.elementCount > 1 { return type.shape.rank <= shape.rank }
  guard type.shape == output else { return false }
  return sourceShape(of: value, builder) == shape
    || (builder.constant(value) != nil && type.quantization?.perTensor != nil)
    || (builder.constant(value) != nil && type.quantization == nil)
}

private func moved(
  _ value: Value, from output: Shape, to shape: Shape, _ builder: inout GraphBuilder
) throws(OperatorError) -> Value {
  let name = builder.name(of: value)
  return builder.type(of: value).shape == output
    ? try builder.reshaped(value, to: shape, name: name) : value
}

/// The transpose of a reshape, in place of the reshape of a transpose.
///
/// Possible where every axis of the reshape is a run of axes of the transpose's input, or a part of
/// one: `[1, H, W, C]` to `[1, C, H, W]` to `[1, C, H·W]` is `[1, H·W, C]` to `[1, C, H·W]`.
/// `nil` when it is not.
func sunk(
  _ reshape: Reshape, over value: Value, _ builder: inout GraphBuilder, name: String
) throws(OperatorError) -> Value? {
  guard let (transpose, sources) = builder.producer(of: value, as: Transpose.self),
    let order = reshape.axisOrder(behind: transpose, of: builder.type(of: value).shape)
  else { return nil }
  let shape = Shape(order.map { reshape.shape[$0] })
  guard (try? Reshape(shape: shape).inferTypes([builder.type(of: sources[0])])) != nil else {
    return nil
  }
  let source = try builder.reshaped(sources[0], to: shape, name: name)
  return try builder.transposed(source, by: inverse(of: order), name: name)
}

extension Reshape {
  /// The axes of the output in the order in which a transpose's input has them.
  ///
  /// `shape` is what the transpose makes. `nil` when an axis is no run of the input's elements.
  fileprivate func axisOrder(behind transpose: Transpose, of shape: Shape) -> [Int]? {
    guard let factors = AxisFactors(shape, self.shape) else { return nil }
    // The factors as the transpose's input has them.
    let inputAxes = inverse(of: transpose.permutation)
    let inOrder = inputAxes.flatMap { Array(factors.first[$0]) }
    let position = inverse(of: inOrder)
    var places: [(axis: Int, place: Int)] = []
    var last = -1
    for (axis, run) in factors.second.enumerated() {
      let positions = run.map { position[$0] }
      guard zip(positions, positions.dropFirst()).allSatisfy({ $0 + 1 == $1 }) else { return nil }
      // An axis of extent 1 stays behind its neighbour.
      last = positions.first ?? last
      places.append((axis, last))
    }
    return places.sorted { ($0.place, $0.axis) < ($1.place, $1.axis) }.map { $0.axis }
  }
}
