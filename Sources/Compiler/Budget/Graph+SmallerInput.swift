// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// A graph for a smaller input, and which input that is.
  struct SmallerInput {
    let graph: Graph
    let input: String
    let shape: Shape
  }

  /// The graph for its largest input made smaller: a batch of one, else half the height and width,
  /// else half a sequence.
  ///
  /// `nil` when the model is not made for it: a dense layer behind a flattened image, a resize to a
  /// fixed size.
  var withSmallerInput: SmallerInput? {
    let port = inputs.max { type(of: $0.value).byteCount < type(of: $1.value).byteCount }
    guard let port else { return nil }
    for shape in type(of: port.value).shape.smallerShapes {
      if let graph = resized(port.value, to: shape) {
        return SmallerInput(graph: graph, input: port.name, shape: shape)
      }
    }
    return nil
  }

  /// The same nodes on an input of another shape; `nil` when one does not accept it.
  private func resized(_ input: Value, to shape: Shape) -> Graph? {
    let (old, type) = (type(of: input).shape, type(of: input))
    var values = values
    values[input.id] = ValueInfo(
      name: name(of: input),
      type: TensorType(type.dtype, shape, quantization: type.quantization), origin: .input)
    // Other inputs of the same shape, such as the masks of a sequence, go along.
    for port in inputs where self.type(of: port.value).shape == old {
      let other = self.type(of: port.value)
      values[port.value.id] = ValueInfo(
        name: port.name,
        type: TensorType(other.dtype, shape, quantization: other.quantization), origin: .input)
    }
    let changed = Graph(
      values: values, nodes: nodes, inputs: inputs, outputs: outputs, updates: updates)
    return try? changed.rewritten { (node, inputs, builder) throws(OperatorError) in
      // A pool over the whole image stays one.
      guard var pool = node.operation as? AveragePool else { return nil }
      let (before, after) = (self.type(of: node.inputs[0]).shape, builder.type(of: inputs[0]).shape)
      guard pool.window == Extent2D(before[1], before[2]), pool.padding == .none else { return nil }
      pool.window = Extent2D(after[1], after[2])
      return try builder.add(
        pool, inputs, quantization: self.type(of: node.outputs[0]).quantization, name: node.name)
    }
  }
}

extension Shape {
  /// What to try instead, the best first.
  fileprivate var smallerShapes: [Shape] {
    var shapes: [Shape] = []
    if rank > 1, self[0] > 1 { shapes.append(Shape([1] + extents.dropFirst())) }
    switch rank {
    case 4:
      // Height and width, channels last or first: the channels are the few.
      let axes = extents[3] <= 4 || extents[3] < extents[1] ? (1, 2) : (2, 3)
      guard extents[axes.0] > 1, extents[axes.1] > 1 else { break }
      var half = extents
      half[axes.0] = (half[axes.0] + 1) / 2
      half[axes.1] = (half[axes.1] + 1) / 2
      shapes.append(Shape(half))
    case 2,
      3 where self[1] > 1:
      var half = extents
      half[1] = (half[1] + 1) / 2
      shapes.append(Shape(half))
    default: break
    }
    return shapes
  }
}
