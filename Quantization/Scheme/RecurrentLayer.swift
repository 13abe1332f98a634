// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import TensorCore

/// A recurrent node with constant float weights: one matrix for x, one for what it gave before.
struct RecurrentLayer {
  /// The position among the graph's nodes.
  let node: Int
  let name: String
  let operation: any RecurrentOperator
  let input: Value
  let output: Value

  /// Of x, and of the output; rows are channels.
  let weights: [TensorData]
  let bias: [Float]

  /// The layer at a node; `nil` when it is none.
  init?(_ graph: Graph, node index: Int) {
    let node = graph.nodes[index]
    guard let operation = node.operation as? any RecurrentOperator,
      graph.type(of: node.inputs[0]).dtype == .float32,
      let bias = graph.constant(node.inputs[3]), bias.type.dtype == .float32
    else { return nil }
    weights = node.inputs[1...2].compactMap { graph.constant($0) }
    guard weights.count == 2, weights.allSatisfy({ $0.type.dtype == .float32 }) else { return nil }
    self.node = index
    name = node.name
    self.operation = operation
    input = node.inputs[0]
    output = node.outputs[0]
    self.bias = bias.float32Values
  }

  var weightCount: Int { weights.reduce(0) { $0 + $1.type.shape.elementCount } }

  /// The weights in int8, as x and the output are scaled; the bias stays as it is, for each sum
  /// counts in units of its own.
  func quantized(inputScale: Float, outputScale: Float) -> [QuantizedWeights] {
    let silence = [Float](repeating: 0, count: bias.count)
    return zip(weights, [(inputScale, bias), (outputScale, silence)]).map { data, operand in
      QuantizedWeights(
        data.float32Values, shape: data.type.shape, axis: 0, bias: operand.1,
        inputScale: operand.0)
    }
  }
}

extension Graph {
  /// All recurrent layers, in the order they run.
  var recurrentLayers: [RecurrentLayer] {
    nodes.indices.compactMap { RecurrentLayer(self, node: $0) }
  }
}
