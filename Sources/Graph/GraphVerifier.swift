// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What is wrong with a graph: a mistake of the pass or importer that made it.
package enum GraphError: Error, Equatable, Sendable {
  case readBeforeWritten(node: String, input: Int)
  case unknownValue(node: String)
  case originMismatch(value: String)
  case typeMismatch(node: String, output: Int, inferred: TensorType, stated: TensorType)
  case invalidNode(node: String, OperatorError)
  case outputCount(node: String)
  case noOutputs
  case duplicatePort(name: String)
  case duplicateState(name: String)
  /// An update of no state, to another type, to a state's old value, or a second one.
  case invalidUpdate(state: String)
}

extension Graph {
  /// Checks that the graph means something: order, origins, and every type inferred anew.
  ///
  /// - Throws: the first `GraphError` in node order.
  package func verify() throws(GraphError) {
    try verifyPorts()
    var isWritten = values.map { value in
      if case .node = value.origin { false } else { true }
    }
    for (index, node) in nodes.enumerated() {
      guard (node.inputs + node.outputs).allSatisfy({ values.indices.contains($0.id) }) else {
        throw .unknownValue(node: node.name)
      }
      for (position, input) in node.inputs.enumerated() where !isWritten[input.id] {
        throw .readBeforeWritten(node: node.name, input: position)
      }
      try verifyTypes(of: node)
      for (position, output) in node.outputs.enumerated() {
        guard case .node(index, output: position) = values[output.id].origin else {
          throw .originMismatch(value: values[output.id].name)
        }
        isWritten[output.id] = true
      }
    }
    for port in outputs where !isWritten[port.value.id] {
      throw .originMismatch(value: port.name)
    }
    for update in updates where !isWritten[update.value.id] {
      throw .invalidUpdate(state: name(of: update.state))
    }
  }

  /// Checks names and origins of what lies at the edges: inputs, outputs and constants.
  private func verifyPorts() throws(GraphError) {
    guard !outputs.isEmpty || !updates.isEmpty else { throw .noOutputs }
    for ports in [inputs, outputs] {
      var names = Set<String>()
      for port in ports {
        guard names.insert(port.name).inserted else { throw .duplicatePort(name: port.name) }
        guard values.indices.contains(port.value.id) else {
          throw .originMismatch(value: port.name)
        }
      }
    }
    let bound = Set(inputs.map(\.value.id))
    for (id, value) in values.enumerated() {
      let isSound =
        switch value.origin {
        case .input: bound.contains(id)
        case .constant(let data), .state(let data): !bound.contains(id) && data.type == value.type
        case .node: !bound.contains(id)
        }
      guard isSound else { throw .originMismatch(value: value.name) }
    }
    try verifyStates()
  }

  /// Checks that states have names of their own and that each is updated once, to what fits.
  private func verifyStates() throws(GraphError) {
    var names = Set<String>()
    for state in states where !names.insert(name(of: state)).inserted {
      throw .duplicateState(name: name(of: state))
    }
    var updated = Set<Value>()
    for update in updates {
      guard values.indices.contains(update.state.id), values.indices.contains(update.value.id),
        initialState(update.state) != nil, initialState(update.value) == nil,
        type(of: update.state) == type(of: update.value), updated.insert(update.state).inserted
      else { throw .invalidUpdate(state: values[update.state.id].name) }
    }
  }

  private func verifyTypes(of node: Node) throws(GraphError) {
    let inputCount = Swift.type(of: node.operation).inputCount
    guard inputCount.contains(node.inputs.count) else {
      throw .invalidNode(
        node: node.name, .inputCount(expected: inputCount, actual: node.inputs.count))
    }
    let inferred: [TensorType]
    do throws(OperatorError) {
      inferred = try node.operation.inferTypes(node.inputs.map { type(of: $0) })
    } catch {
      throw .invalidNode(node: node.name, error)
    }
    guard inferred.count == node.outputs.count else { throw .outputCount(node: node.name) }
    for (position, output) in node.outputs.enumerated() {
      let stated = type(of: output)
      var expected = inferred[position]
      expected.quantization = expected.quantization ?? stated.quantization
      guard expected == stated else {
        throw .typeMismatch(
          node: node.name, output: position, inferred: inferred[position], stated: stated)
      }
    }
  }
}
