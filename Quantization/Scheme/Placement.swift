// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// Which nodes of a float graph are computed in integers.
///
/// All that have a form in integers are, but for nodes without weights that would only be rounded
/// for nothing: those whose neighbours are float on all sides; functions, sums and movements that
/// nothing in integers reads; functions of a float value. They cost next to nothing, and the parts
/// of a concatenation that a model ends in keep scales of their own.
package struct Placement {
  /// For each node.
  package private(set) var isInteger: [Bool]

  /// Places a graph's nodes; the excluded ones, by position, stay float.
  package init(_ graph: Graph, excluding excluded: Set<Int> = []) {
    isInteger = graph.nodes.indices.map {
      !excluded.contains($0) && graph.hasIntegerForm(node: $0)
    }
    removeIslands(graph)
  }

  /// The placement with more nodes of the graph in float.
  func excluding(_ excluded: Set<Int>, of graph: Graph) -> Placement {
    var placement = self
    for node in excluded { placement.isInteger[node] = false }
    placement.removeIslands(graph)
    return placement
  }

  private mutating func removeIslands(_ graph: Graph) {
    let consumers = graph.consumers
    var isSettled = false
    while !isSettled {
      isSettled = true
      for (index, node) in graph.nodes.enumerated()
      where isInteger[index] && !graph.hasWeights(node: index) {
        let reads = node.inputs.contains { input in
          graph.producer(of: input).map { isInteger[$0] } ?? false
        }
        let isRead = consumers[node.outputs[0].id].contains { isInteger[$0] }
        // A function of what is float is taken before it is rounded, not after.
        let isFirst = !reads && node.operation is any RealFunction
        let isLast = !isRead && node.isEnding
        guard isFirst || isLast || !reads && !isRead else { continue }
        isInteger[index] = false
        isSettled = false
      }
    }
  }

  /// For each value, whether an integer node reads or writes it as an activation.
  package func quantizedValues(_ graph: Graph) -> [Value] {
    var found: Set<Value> = []
    for (index, node) in graph.nodes.enumerated() where isInteger[index] {
      found.insert(node.outputs[0])
      for input in graph.activations(of: index) where graph.constant(input) == nil {
        found.insert(input)
      }
    }
    return found.sorted()
  }
}

extension Node {
  /// A function of each element, or a movement that changes none.
  fileprivate var isEnding: Bool {
    switch operation {
    case is any RealFunction, is Softmax, is Concatenation, is Reshape, is Transpose, is Slice: true
    // The sum of a residual that a float normalisation reads.
    case is Add: true
    default: false
    }
  }
}

extension Graph {
  /// The inputs of a node that are activations: float32, and no weights or biases.
  func activations(of node: Int) -> [Value] {
    let inputs = nodes[node].inputs
    let operation = nodes[node].operation
    let hasWeights = operation is any WeightedOperator || operation is any RecurrentOperator
    let operands = hasWeights ? Array(inputs.prefix(1)) : inputs
    return operands.filter { type(of: $0).dtype == .float32 }
  }

  /// Whether a node is a layer, or looks up a constant table: what is small in integers.
  fileprivate func hasWeights(node index: Int) -> Bool {
    Layer(self, node: index) != nil || RecurrentLayer(self, node: index) != nil
      || nodes[index].operation is Gather && constant(nodes[index].inputs[0]) != nil
  }

  /// Whether a kernel computes a float node on integers.
  func hasIntegerForm(node index: Int) -> Bool {
    let node = nodes[index]
    guard node.outputs.count == 1, type(of: node.outputs[0]).dtype == .float32,
      node.inputs.contains(where: { constant($0) == nil })
    else { return false }
    let activation = QuantizationParameters(scale: 0x1p-6, zeroPoint: 3)
    var types = node.inputs.map { type(of: $0) }
    var constants = node.inputs.map { constant($0) }
    if let layer = Layer(self, node: index) {
      constants[1] = QuantizedWeights(layer, inputScale: 0x1p-6).data
    } else if let layer = RecurrentLayer(self, node: index) {
      let weights = layer.quantized(inputScale: 0x1p-6, outputScale: 0x1p-6)
      for (position, weights) in weights.enumerated() { constants[1 + position] = weights.data }
    } else {
      guard !(node.operation is any WeightedOperator || node.operation is any RecurrentOperator)
      else { return false }
    }
    for (position, data) in constants.enumerated() {
      if let data { types[position] = data.type }
    }
    let operation = node.operation.integers(holding: activation)
    for (position, input) in node.inputs.enumerated() where activations(of: index).contains(input) {
      types[position] = TensorType(.int8, types[position].shape, quantization: activation)
      if let data = constants[position] {
        constants[position] = TensorData(
          types[position], bytes: [UInt8](repeating: 0, count: data.type.shape.elementCount))
      }
    }
    guard types.first?.dtype == .int8, var output = try? operation.inferTypes(types).first,
      output.dtype == .int8
    else { return false }
    switch Swift.type(of: node.operation).quantization {
    case .freeOutputScale: output.quantization = activation
    case .sameAsInput: break
    case .floatOnly, .conversion: return false
    }
    let context = NodeContext(
      inputs: types, outputs: [output], constants: constants, floatClass: .muladd)
    return (try? operation.lower(context)) != nil
  }
}
