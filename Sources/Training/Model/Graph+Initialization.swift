// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The model with weights drawn anew, biases 0 and scales 1; running statistics as of no sample.
  ///
  /// - Parameters:
  ///   - initializer: how weights are drawn.
  ///   - names: the parameters that begin anew; the others keep their numbers.
  ///   - seed: which numbers; each parameter has a stream of its own, by its position.
  /// - Returns: the model, its nodes as they were.
  package func initialized(
    _ initializer: Initializer, names: Set<String>, seed: UInt64
  ) -> Graph {
    var numbers: [Value: [Float]] = [:]
    for (position, parameter) in parameters.enumerated() where names.contains(parameter.name) {
      var random = RandomStream(seed: seed, .initialization, position)
      let shape = parameter.initial.type.shape
      numbers[parameter.value] =
        switch parameter.role {
        case .weights, .table:
          initializer.values(shape, fans: fans(of: parameter), &random)
        case .bias: [Float](repeating: 0, count: shape.elementCount)
        case .scale: [Float](repeating: 1, count: shape.elementCount)
        case .slope: [Float](repeating: 0.25, count: shape.elementCount)
        }
    }
    return replacing(numbers)
  }

  /// The graph with other numbers in some of its constants.
  func replacing(_ numbers: [Value: [Float]]) -> Graph {
    let values = values.enumerated().map { index, info in
      guard let numbers = numbers[Value(id: index)] else { return info }
      return ValueInfo(
        name: info.name, type: info.type,
        origin: .constant(TensorData(info.type.shape, float32: numbers)))
    }
    return Graph(
      values: values, nodes: nodes, inputs: inputs, outputs: outputs, updates: updates)
  }

  /// The fans of depthwise weights, which do not stand in their shape; `nil` for the others.
  private func fans(of parameter: Parameter) -> FanCounts? {
    guard nodes[parameter.node].operation is DepthwiseConvolution else { return nil }
    let shape = parameter.initial.type.shape
    return FanCounts(fanIn: shape[0] * shape[1], fanOut: shape[0] * shape[1])
  }
}
