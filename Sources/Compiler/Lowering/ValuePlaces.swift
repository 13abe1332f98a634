// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Which values share bytes, and which of them live in the state or in buffers of the caller.
///
/// The *root* of a value is the value whose bytes it is: itself, or the end of a chain of aliases.
struct ValuePlaces {
  /// The root of each value.
  private(set) var roots: [Value]

  /// The output that each root is written to directly, by root.
  private(set) var outputs: [Int?]

  /// Where each root lies inside another root, by root.
  private(set) var slices: [Slice?]

  /// The state that each root is, or is written to directly, by root.
  private(set) var states: [Value?]

  /// For each update, whether its value is written to the state directly and not copied at the end.
  private(set) var isUpdatedDirectly: [Bool] = []

  /// A root that is part of another, at a byte offset.
  struct Slice {
    let parent: Value
    let byteOffset: Int
  }

  init(_ graph: Graph, _ lowerings: [Lowering]) {
    roots = graph.values.indices.map { Value(id: $0) }
    outputs = [Int?](repeating: nil, count: graph.values.count)
    slices = [Slice?](repeating: nil, count: graph.values.count)
    states = [Value?](repeating: nil, count: graph.values.count)
    for (node, lowering) in zip(graph.nodes, lowerings) {
      guard case .alias = lowering else { continue }
      roots[node.outputs[0].id] = roots[node.inputs[0].id]
    }
    for (number, port) in graph.outputs.enumerated() {
      let root = roots[port.value.id]
      // An input or a constant is copied to its output, and so is a value that is already another.
      guard graph.producer(of: root) != nil, outputs[root.id] == nil else { continue }
      outputs[root.id] = number
    }
    for state in graph.states { states[state.id] = state }
    for update in graph.updates {
      let isDirect = isWritable(update, in: graph, lowerings)
      if isDirect { states[roots[update.value.id].id] = update.state }
      isUpdatedDirectly.append(isDirect)
    }
    for node in graph.nodes.reversed() { sliceOperands(of: node, in: graph) }
  }

  /// Whether a concatenation needs no step: all its operands are written where they belong.
  func isSliced(_ node: Node) -> Bool {
    guard node.operation is Concatenation else { return false }
    return node.inputs.allSatisfy { slices[roots[$0.id].id]?.parent == roots[node.outputs[0].id] }
  }

  /// Whether the new value of a state can be written where the old one is: by one step, after every
  /// other that reads the old one, which may itself read it where it writes.
  private func isWritable(
    _ update: Graph.Update, in graph: Graph, _ lowerings: [Lowering]
  ) -> Bool {
    let value = roots[update.value.id]
    guard let writer = graph.producer(of: value), outputs[value.id] == nil,
      states[value.id] == nil, !(graph.nodes[writer].operation is Concatenation),
      graph.type(of: value).byteCount == graph.type(of: update.state).byteCount,
      case .steps(let requests, _) = lowerings[writer], requests.count == 1
    else { return false }
    func readsState(_ operand: Value) -> Bool { roots[operand.id] == update.state }
    guard !graph.outputs.contains(where: { readsState($0.value) }),
      !graph.updates.contains(where: { readsState($0.value) }),
      !graph.nodes[(writer + 1)...].contains(where: { $0.inputs.contains(where: readsState) })
    else { return false }
    return graph.nodes[writer].inputs.enumerated().allSatisfy { index, input in
      !readsState(input) || requests[0].overwritableInputs.contains(index)
    }
  }

  /// Puts the operands of a concatenation next to each other in its output.
  ///
  /// Possible when each is one run of bytes there (no axis outside the concatenated one has more
  /// than one index), is written by a step, belongs nowhere else, and appears once; and when the
  /// output is in the arena.
  private mutating func sliceOperands(of node: Node, in graph: Graph) {
    guard let concatenation = node.operation as? Concatenation else { return }
    let output = graph.type(of: node.outputs[0])
    let parent = roots[node.outputs[0].id]
    let axis = concatenation.axis < 0 ? concatenation.axis + output.shape.rank : concatenation.axis
    let operands = node.inputs.map { roots[$0.id] }
    let isPossible = zip(node.inputs, operands).allSatisfy { input, root in
      graph.producer(of: root) != nil && outputs[root.id] == nil && slices[root.id] == nil
        && states[root.id] == nil
        && graph.type(of: input).quantization == output.quantization
    }
    guard
      isPossible, Set(operands).count == operands.count, outputs[outermost(parent).id] == nil,
      states[outermost(parent).id] == nil,
      output.shape.extents[..<axis].allSatisfy({ $0 == 1 })
    else { return }
    var byteOffset = 0
    for (input, root) in zip(node.inputs, operands) {
      slices[root.id] = Slice(parent: parent, byteOffset: byteOffset)
      byteOffset += graph.type(of: input).byteCount
    }
  }

  /// The root that is part of no other and holds this one.
  private func outermost(_ root: Value) -> Value {
    var root = root
    while let slice = slices[root.id] { root = slice.parent }
    return root
  }
}
