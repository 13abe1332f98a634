// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The last layer whose weights decide the output: what transfer learning replaces.
  ///
  /// `nil` when no weighted layer leads to the output.
  package func head(ofOutput number: Int) -> Int? {
    var needed = Set([outputs[number].value])
    for index in nodes.indices.reversed()
    where nodes[index].outputs.contains(where: needed.contains) {
      if nodes[index].operation is any ParametricOperator,
        nodes[index].operation is FullyConnected || nodes[index].operation is Convolution
      {
        return index
      }
      needed.formUnion(nodes[index].inputs)
    }
    return nil
  }

  /// The model with a new last layer for other classes: what comes before keeps its numbers.
  ///
  /// - Parameters:
  ///   - number: the output whose head it is.
  ///   - classes: how many.
  ///   - weights: the new weights of a natural shape, output channels first; the bias is 0.
  /// - Returns: `nil` when there is no such layer, or what follows it is made for its own classes.
  package func replacingHead(
    ofOutput number: Int = 0, classes: Int, weights: (Shape) -> [Float]
  ) -> Graph? {
    guard let head = head(ofOutput: number), let old = constant(nodes[head].inputs[1]) else {
      return nil
    }
    let shape = Shape([classes] + Array(old.type.shape.extents.dropFirst()))
    var position = 0
    let result = try? rewritten { (node, inputs, builder) throws(OperatorError) in
      defer { position += 1 }
      if let reshape = node.operation as? Reshape, position > head,
        reshape.shape.extents.last == old.type.shape[0]
      {
        let extents = Array(reshape.shape.extents.dropLast()) + [classes]
        return try builder.add(Reshape(shape: Shape(extents)), inputs, name: node.name)
      }
      guard node.name == nodes[head].name, position >= head,
        node.inputs[1] == nodes[head].inputs[1]
      else { return nil }
      let zeros = TensorData(
        Shape([classes]), float32: [Float](repeating: 0, count: classes))
      return try builder.add(
        node.operation,
        [
          inputs[0],
          builder.constant(
            TensorData(shape, float32: weights(shape)), name: "\(node.name)/weights"),
          builder.constant(zeros, name: "\(node.name)/bias"),
        ], name: node.name)
    }
    guard let result, result.type(of: result.outputs[number].value).shape.extents.last == classes
    else { return nil }
    return result
  }

  /// The value that a softmax or sigmoid at the end of the model is of: the logits.
  ///
  /// The output itself where there is none.
  func logits(ofOutput number: Int) -> Value {
    var value = outputs[number].value
    while let index = producer(of: value) {
      switch nodes[index].operation {
      case let softmax as Softmax where softmax.beta == 1: return nodes[index].inputs[0]
      case is Sigmoid: return nodes[index].inputs[0]
      // What only arranges the numbers anew.
      case is Reshape: value = nodes[index].inputs[0]
      default: return outputs[number].value
      }
    }
    return outputs[number].value
  }
}
