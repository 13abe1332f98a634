// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Builds a graph node by node; every type is inferred and checked as it is added.
package struct GraphBuilder: Sendable {
  private var graph = Graph()

  /// For each value, whether it depends on constants alone.
  private var foldable: [Bool] = []

  /// Elements that may still be computed while the graph is built.
  private var foldingAllowance: Int

  /// An empty graph.
  ///
  /// `foldingAllowance` bounds the elements, read and made, of computing shapes as their operators
  /// are added; 0 leaves every node to the passes.
  package init(foldingAllowance: Int = 0) { self.foldingAllowance = foldingAllowance }

  /// Goes on where a graph ends: its values keep their numbers.
  package init(_ graph: Graph) {
    self.graph = graph
    foldingAllowance = 0
    for value in graph.values {
      let isFoldable =
        switch value.origin {
        case .input, .state: false
        case .constant: true
        case .node(let node, output: _): graph.nodes[node].inputs.allSatisfy { foldable[$0.id] }
        }
      foldable.append(isFoldable)
    }
  }

  /// Adds an input of the model.
  package mutating func input(_ name: String, _ type: TensorType) -> Value {
    let value = append(name: name, type: type, origin: .input)
    graph.inputs.append(Graph.Port(name: name, value: value))
    return value
  }

  /// Takes elements from what may be computed while the graph is built; `false` when they are more.
  package mutating func chargeFolding(_ elementCount: Int) -> Bool {
    guard elementCount <= foldingAllowance else { return false }
    foldingAllowance -= elementCount
    return true
  }

  /// Adds a constant.
  package mutating func constant(_ data: TensorData, name: String = "") -> Value {
    append(name: name, type: data.type, origin: .constant(data))
  }

  /// Adds a state: what it holds before the first run, under a name of its own in the graph.
  package mutating func state(_ name: String, _ initial: TensorData) -> Value {
    append(name: name, type: initial.type, origin: .state(initial))
  }

  /// Says what a state holds after a run; of the state's type, and said once.
  package mutating func update(_ state: Value, to value: Value) {
    graph.updates.append(Graph.Update(state: state, value: value))
  }

  /// Applies an operator.
  ///
  /// `quantization` is the scale and zero point of every integer output that the operator does not
  /// determine itself; the operator's `quantization` rule says whether it does. Within the folding
  /// allowance, a `ShapeOperator` on known inputs gives constants.
  ///
  /// - Returns: the operator's outputs, in its order.
  /// - Throws: `OperatorError` when the operator does not accept these inputs.
  package mutating func add(
    _ operation: some Operator, _ inputs: [Value], quantization: QuantizationParameters? = nil,
    name: String = ""
  ) throws(OperatorError) -> [Value] {
    let range = Swift.type(of: operation).inputCount
    guard range.contains(inputs.count) else {
      throw .inputCount(expected: range, actual: inputs.count)
    }
    var types = try operation.inferTypes(inputs.map { graph.type(of: $0) })
    for index in types.indices where types[index].quantization == nil && !types[index].dtype.isFloat
    {
      types[index].quantization = quantization
    }
    if let known = foldedShapes(operation, inputs, types) {
      return known.map { constant($0, name: name) }
    }
    let nodeIndex = graph.nodes.count
    var outputs: [Value] = []
    for (index, type) in types.enumerated() {
      let outputName = index == 0 ? name : "\(name):\(index)"
      outputs.append(
        append(
          name: outputName, type: type, origin: .node(nodeIndex, output: index), inputs: inputs))
    }
    graph.nodes.append(Node(operation: operation, inputs: inputs, outputs: outputs, name: name))
    return outputs
  }

  /// Applies an operator of one output; see `add(_:_:quantization:name:)`.
  package mutating func apply(
    _ operation: some Operator, _ inputs: [Value], quantization: QuantizationParameters? = nil,
    name: String = ""
  ) throws(OperatorError) -> Value {
    try add(operation, inputs, quantization: quantization, name: name)[0]
  }

  /// The outputs of a `ShapeOperator` whose inputs are known, if shapes are made of such.
  private mutating func foldedShapes(
    _ operation: some Operator, _ inputs: [Value], _ types: [TensorType]
  ) -> [TensorData]? {
    let operands = inputs.compactMap { graph.constant($0) }
    let read = operands.map { $0.type }
    guard foldingAllowance > 0, operation is any ShapeOperator, operands.count == inputs.count,
      (read + types).allSatisfy({ $0.isShapeData }),
      chargeFolding((read + types).reduce(0) { $0 + $1.shape.elementCount })
    else { return nil }
    return operation.folded(operands, as: types)
  }

  package func type(of value: Value) -> TensorType { graph.type(of: value) }

  package func constant(_ value: Value) -> TensorData? { graph.constant(value) }

  package func name(of value: Value) -> String { graph.name(of: value) }

  /// Whether a value depends on constants alone, so that it is known at compile time.
  package func isFoldable(_ value: Value) -> Bool { foldable[value.id] }

  /// The node that writes a value; `nil` where no node does.
  package func producer(of value: Value) -> Node? {
    graph.producer(of: value).map { graph.nodes[$0] }
  }

  /// Names an output of the model.
  package mutating func output(_ name: String, _ value: Value) {
    graph.outputs.append(Graph.Port(name: name, value: value))
  }

  /// The graph built so far.
  package func finish() -> Graph { graph }

  private mutating func append(
    name: String, type: TensorType, origin: Graph.Origin, inputs: [Value] = []
  ) -> Value {
    graph.values.append(Graph.ValueInfo(name: name, type: type, origin: origin))
    let isFoldable =
      switch origin {
      case .input, .state: false
      case .constant: true
      case .node: inputs.allSatisfy { self.isFoldable($0) }
      }
    foldable.append(isFoldable)
    return Value(id: graph.values.count - 1)
  }
}

extension Graph {
  /// Rebuilds the graph, replacing nodes on the way.
  ///
  /// The body is called for each node in order, with the node's inputs as values of the new graph.
  /// It returns the new values that stand for the node's outputs, or `nil` to copy the node as it
  /// is. Inputs, outputs, updates and names are kept; constants and states are copied when first
  /// needed; nodes that no output and no update needs are dropped.
  package func rewritten(
    _ body: (Node, [Value], inout GraphBuilder) throws(OperatorError) -> [Value]?
  ) throws(OperatorError) -> Graph {
    var builder = GraphBuilder()
    var replacement = [Value?](repeating: nil, count: values.count)
    for port in inputs {
      replacement[port.value.id] = builder.input(port.name, type(of: port.value))
    }
    func resolve(_ value: Value, _ builder: inout GraphBuilder) -> Value {
      if let known = replacement[value.id] { return known }
      let copy: Value
      switch values[value.id].origin {
      case .constant(let data): copy = builder.constant(data, name: name(of: value))
      case .state(let data): copy = builder.state(name(of: value), data)
      case .input, .node: preconditionFailure("value read before written")
      }
      replacement[value.id] = copy
      return copy
    }
    let isNeeded = neededNodes
    for (index, node) in nodes.enumerated() where isNeeded[index] {
      var newInputs: [Value] = []
      for input in node.inputs { newInputs.append(resolve(input, &builder)) }
      let newOutputs: [Value]
      if let replaced = try body(node, newInputs, &builder) {
        newOutputs = replaced
      } else {
        newOutputs = try builder.copy(node, inputs: newInputs, from: self)
      }
      precondition(newOutputs.count == node.outputs.count, "one value for each output")
      for (old, new) in zip(node.outputs, newOutputs) { replacement[old.id] = new }
    }
    for port in outputs { builder.output(port.name, resolve(port.value, &builder)) }
    for update in updates {
      builder.update(resolve(update.state, &builder), to: resolve(update.value, &builder))
    }
    return builder.finish()
  }

  /// For each node, whether an output of the model or an update depends on it.
  private var neededNodes: [Bool] {
    var isRead = [Bool](repeating: false, count: values.count)
    for port in outputs { isRead[port.value.id] = true }
    for update in updates { isRead[update.value.id] = true }
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for (index, node) in nodes.enumerated().reversed() {
      isNeeded[index] = node.outputs.contains { isRead[$0.id] }
      guard isNeeded[index] else { continue }
      for input in node.inputs { isRead[input.id] = true }
    }
    return isNeeded
  }
}

extension GraphBuilder {
  /// Adds a copy of another graph's node, keeping its outputs' quantisation and name.
  package mutating func copy(
    _ node: Node, inputs: [Value], from source: Graph
  ) throws(OperatorError) -> [Value] {
    try add(
      node.operation, inputs,
      quantization: source.type(of: node.outputs[0]).quantization, name: node.name)
  }
}
