// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import TensorCore

/// A node that multiplies by constant float weights, not packed: a convolution or a dense layer.
package struct Layer {
  /// The position among the graph's nodes.
  package let node: Int
  package let name: String
  package let operation: any WeightedOperator
  package let input: Value
  package let output: Value
  package let shape: Shape
  package let weights: [Float]
  /// One for each output channel, 0 where the node has none.
  package let bias: [Float]

  /// The layer at a node; `nil` when it is none.
  package init?(_ graph: Graph, node index: Int) {
    let node = graph.nodes[index]
    guard let operation = node.operation as? any WeightedOperator, operation.packing == nil,
      let weights = graph.constant(node.inputs[1]), weights.type.dtype == .float32,
      graph.type(of: node.inputs[0]).dtype == .float32
    else { return nil }
    let bias = node.inputs.count > 2 ? graph.constant(node.inputs[2]) : nil
    guard node.inputs.count == 2 || bias?.type.dtype == .float32 else { return nil }
    self.node = index
    name = node.name
    self.operation = operation
    input = node.inputs[0]
    output = node.outputs[0]
    shape = weights.type.shape
    self.weights = weights.float32Values
    let channels = shape[Swift.type(of: operation).weightChannelAxis]
    self.bias =
      bias.map { Array($0.float32Values.prefix(channels)) }
      ?? [Float](repeating: 0, count: channels)
  }

  var channelAxis: Int { Swift.type(of: operation).weightChannelAxis }

  var inputAxis: Int { Swift.type(of: operation).weightInputAxis }

  /// Whether each output channel reads one input channel alone.
  package var isDepthwise: Bool { channelAxis == inputAxis }

  /// How many products one output adds.
  var depth: Int { bias.isEmpty ? 0 : weights.count / bias.count }

  /// With so many products of 127 and 255 levels, and a bias of 2³⁰, no sum leaves 32 bits.
  static let deepestSum = (1 << 30) / (127 * 255)

  /// The most rows of one run that its statistics take.
  var rowLimit: Int { isDepthwise ? 128 : 1024 }

  func outputChannel(of index: Int) -> Int {
    index / shape.strides[channelAxis] % shape[channelAxis]
  }

  func inputChannel(of index: Int) -> Int { index / shape.strides[inputAxis] % shape[inputAxis] }
}

extension Graph {
  /// All layers, in the order they run.
  package var layers: [Layer] { nodes.indices.compactMap { Layer(self, node: $0) } }
}
