// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// One tensor of a graph: written once, by an input, a constant or a node.
///
/// A value is an index into its own graph's `values` and means nothing in another graph.
package struct Value: Hashable, Comparable, Sendable {
  package let id: Int

  package init(id: Int) { self.id = id }

  package static func < (lhs: Value, rhs: Value) -> Bool { lhs.id < rhs.id }
}

/// An operator applied to values.
package struct Node: Sendable {
  package let operation: any Operator
  package let inputs: [Value]
  package let outputs: [Value]

  /// The source model's name of this node, or of its first output; for messages and reports.
  package let name: String

  package init(operation: any Operator, inputs: [Value], outputs: [Value], name: String) {
    self.operation = operation
    self.inputs = inputs
    self.outputs = outputs
    self.name = name
  }
}

/// A model: a static single-assignment graph of operators over tensors of known type.
///
/// Nodes are in an order in which every value is written before it is read. Images are channels
/// last (NHWC). Built by `GraphBuilder`, checked by `verify()`; a pass is a function from graph to
/// graph.
package struct Graph: Sendable {
  /// Where a value comes from.
  package enum Origin: Sendable {
    case input
    case constant(TensorData)
    /// What a run finds in memory that outlives runs: trained weights, what an optimiser keeps.
    ///
    /// The data is there before the first run; `updates` say what is there after one. A value with
    /// this origin is always what was there when the run began.
    case state(TensorData)
    /// Output number `output` of `nodes[node]`.
    case node(Int, output: Int)
  }

  /// What is known of a value.
  package struct ValueInfo: Sendable {
    package let name: String
    package let type: TensorType
    package let origin: Origin

    package init(name: String, type: TensorType, origin: Origin) {
      self.name = name
      self.type = type
      self.origin = origin
    }
  }

  /// A named input or output of the whole model.
  package struct Port: Sendable {
    package let name: String
    package let value: Value

    package init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// What a state holds when a run has ended.
  package struct Update: Sendable {
    /// A value with the origin `state`.
    package let state: Value
    /// Of the state's type, from an input, a constant or a node.
    package let value: Value

    package init(state: Value, value: Value) {
      self.state = state
      self.value = value
    }
  }

  package internal(set) var values: [ValueInfo] = []
  package internal(set) var nodes: [Node] = []
  package internal(set) var inputs: [Port] = []
  package internal(set) var outputs: [Port] = []

  /// At most one for each state; a state without one never changes.
  package internal(set) var updates: [Update] = []

  init() {}

  /// Puts parts together as they are; only `verify()` says whether they are a graph.
  package init(
    values: [ValueInfo], nodes: [Node], inputs: [Port], outputs: [Port], updates: [Update] = []
  ) {
    self.values = values
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
    self.updates = updates
  }

  package func type(of value: Value) -> TensorType { values[value.id].type }

  package func name(of value: Value) -> String { values[value.id].name }

  /// The contents of a constant; `nil` for inputs and node outputs.
  package func constant(_ value: Value) -> TensorData? {
    guard case .constant(let data) = values[value.id].origin else { return nil }
    return data
  }

  /// What a state holds before the first run; `nil` for values of any other origin.
  package func initialState(_ value: Value) -> TensorData? {
    guard case .state(let data) = values[value.id].origin else { return nil }
    return data
  }

  /// The states, in the order of their values.
  package var states: [Value] {
    values.indices.map { Value(id: $0) }.filter { initialState($0) != nil }
  }

  /// The node that writes a value, as an index into `nodes`; `nil` where no node does.
  package func producer(of value: Value) -> Int? {
    guard case .node(let index, output: _) = values[value.id].origin else { return nil }
    return index
  }

  /// For each value, the nodes that read it, each once, in order.
  package var consumers: [[Int]] {
    var consumers = [[Int]](repeating: [], count: values.count)
    for (index, node) in nodes.enumerated() {
      for input in node.inputs where consumers[input.id].last != index {
        consumers[input.id].append(index)
      }
    }
    return consumers
  }
}
