// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// Which nodes of a float graph are computed in integers, and in which.
///
/// All that have a form in integers are, but for nodes without weights that would only be rounded
/// for nothing: those whose neighbours are float on all sides; functions, sums and movements that
/// nothing in integers reads; functions of a float value. They cost next to nothing, and the parts
/// of a concatenation that a model ends in keep scales of their own.
package struct Placement {
  /// For each node.
  package private(set) var precisions: [Precision]

  /// Whether the model's inputs and outputs are integers, and so neighbours like others.
  private let hasIntegerPorts: Bool

  /// For each node, whether it is computed in integers of any width.
  package var isInteger: [Bool] { precisions.map { $0 != .float32 } }

  /// Places a graph's nodes; some of them, by position, in a precision of their own.
  package init(
    _ graph: Graph, _ precision: Precision = .int8, excluding excluded: Set<Int> = [],
    int16 wide: Set<Int> = [], hasIntegerPorts: Bool = false
  ) {
    self.hasIntegerPorts = hasIntegerPorts
    precisions = graph.nodes.indices.map { node in
      graph.attainable(
        excluded.contains(node) ? .float32 : wide.contains(node) ? .int16 : precision, node: node)
    }
    removeIslands(graph)
  }

  /// The placement with some nodes of the graph in another precision.
  ///
  /// A node that is in float already stays there, and so do those that have no form in integers of
  /// that width.
  func keeping(_ precision: Precision, nodes: Set<Int>, of graph: Graph) -> Placement {
    var placement = self
    for node in nodes where precisions[node] != .float32 {
      placement.precisions[node] = graph.attainable(precision, node: node)
    }
    placement.removeIslands(graph)
    return placement
  }

  private mutating func removeIslands(_ graph: Graph) {
    let consumers = graph.consumers
    let outputs = Set(graph.outputs.map(\.value))
    var isSettled = false
    while !isSettled {
      isSettled = true
      for (index, node) in graph.nodes.enumerated()
      where precisions[index] != .float32 && !graph.hasWeights(node: index) {
        let reads = node.inputs.contains { input in
          graph.producer(of: input).map { precisions[$0] != .float32 }
            ?? (hasIntegerPorts && graph.constant(input) == nil)
        }
        let isRead =
          consumers[node.outputs[0].id].contains { precisions[$0] != .float32 }
          || hasIntegerPorts && outputs.contains(node.outputs[0])
        // A function of what is float is taken before it is rounded, not after.
        let isFirst = !reads && node.operation is any RealFunction
        let isLast = !isRead && node.isEnding
        guard isFirst || isLast || !reads && !isRead else { continue }
        precisions[index] = .float32
        isSettled = false
      }
    }
  }

  /// For each value, whether an integer node reads or writes it as an activation.
  package func quantizedValues(_ graph: Graph) -> [Value] {
    var found: Set<Value> = []
    for (index, node) in graph.nodes.enumerated() where precisions[index] != .float32 {
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

  /// A precision where a node has a form in it; float where it has none.
  fileprivate func attainable(_ precision: Precision, node: Int) -> Precision {
    precision == .float32 || !hasForm(in: precision, node: node) ? .float32 : precision
  }

  /// Whether a kernel computes a float node on integers of a width.
  func hasForm(in precision: Precision, node index: Int) -> Bool {
    guard let context = context(node: index, in: precision) else { return false }
    return (try? operation(of: index, in: context).lower(context)) != nil
  }

  /// A node's operator as it computes in the precision of a context.
  func operation(of index: Int, in context: NodeContext) -> any Operator {
    let operation = nodes[index].operation
    return context.outputs[0].quantization.map { operation.integers(holding: $0) } ?? operation
  }

  /// A float node as its operator would see it in a precision, of some scale; `nil` when it does
  /// not type.
  func context(node index: Int, in precision: Precision) -> NodeContext? {
    let node = nodes[index]
    if precision == .float32 {
      return NodeContext(
        inputs: node.inputs.map { type(of: $0) }, outputs: node.outputs.map { type(of: $0) },
        constants: node.inputs.map { constant($0) }, floatClass: .fma)
    }
    guard node.outputs.count == 1, type(of: node.outputs[0]).dtype == .float32,
      node.inputs.contains(where: { constant($0) == nil })
    else { return nil }
    let activation = QuantizationParameters(
      scale: 0x1p-6, zeroPoint: precision == .int8 ? 3 : 0)
    var types = node.inputs.map { type(of: $0) }
    var constants = node.inputs.map { constant($0) }
    if let layer = Layer(self, node: index) {
      guard layer.depth <= Layer.deepestSum else { return nil }
      constants[1] = QuantizedWeights(layer, inputScale: 0x1p-6).data
    } else if let layer = RecurrentLayer(self, node: index) {
      let weights = layer.quantized(inputScale: 0x1p-6, outputScale: 0x1p-6)
      for (position, weights) in weights.enumerated() { constants[1 + position] = weights.data }
    } else {
      guard !(node.operation is any WeightedOperator || node.operation is any RecurrentOperator)
      else { return nil }
    }
    for (position, data) in constants.enumerated() {
      if let data { types[position] = data.type }
    }
    let operation = node.operation.integers(holding: activation)
    for (position, input) in node.inputs.enumerated() where activations(of: index).contains(input) {
      types[position] = TensorType(
        precision.dtype, types[position].shape, quantization: activation)
      if let data = constants[position] {
        constants[position] = TensorData(
          types[position],
          bytes: [UInt8](
            repeating: 0, count: data.type.shape.elementCount * precision.dtype.byteCount))
      }
    }
    guard types.first?.dtype == precision.dtype,
      var output = try? operation.inferTypes(types).first, output.dtype == precision.dtype
    else { return nil }
    switch Swift.type(of: node.operation).quantization {
    case .freeOutputScale: output.quantization = activation
    case .sameAsInput: break
    case .floatOnly, .conversion: return nil
    }
    return NodeContext(inputs: types, outputs: [output], constants: constants, floatClass: .fma)
  }
}
