// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore

/// The meaning of the model's operators, computed in `Double` on the graph as imported.
struct ReferencePeer {
  private var values: [String: PeerValue] = [:]

  /// Runs the graph and keeps the tensors that are wanted, by their names in the model.
  ///
  /// - Precondition: one input for each of the graph's.
  init(_ graph: Graph, _ model: ForeignModel, inputs: [TensorData], wanted: Set<String>) {
    let names = Self.foreignNames(graph, model, wanted: wanted)
    var results = [ReferenceTensor?](repeating: nil, count: graph.values.count)
    var remainingReads = [Int](repeating: 0, count: graph.values.count)
    for node in graph.nodes { for input in node.inputs { remainingReads[input.id] += 1 } }
    for (port, data) in zip(graph.inputs, inputs) {
      results[port.value.id] = ReferenceTensor(
        data.reinterpreted(as: graph.type(of: port.value)))
    }
    for node in graph.nodes {
      let operands = node.inputs.map { input in
        results[input.id] ?? graph.constant(input).map { ReferenceTensor($0) }
          ?? ReferenceTensor(graph.type(of: input).shape, repeating: .nan)
      }
      for (output, tensor) in zip(node.outputs, node.operation.reference(operands)) {
        let type = graph.type(of: output)
        let rounded = tensor.rounded(to: type)
        results[output.id] = rounded
        for name in names[output.id] ?? [] { values[name] = PeerValue(rounded, type) }
      }
      for input in node.inputs {
        remainingReads[input.id] -= 1
        if remainingReads[input.id] == 0 { results[input.id] = nil }
      }
    }
  }

  func value(of name: String) -> PeerValue? { values[name] }

  /// The wanted names of each value: a node's outputs are those of the last node of its name.
  private static func foreignNames(
    _ graph: Graph, _ model: ForeignModel, wanted: Set<String>
  ) -> [Int: [String]] {
    var last: [String: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { last[node.name] = index }
    var names: [Int: [String]] = [:]
    for node in model.nodes {
      guard let index = last[node.name] else { continue }
      for (output, value) in zip(node.outputs, graph.nodes[index].outputs) {
        guard let output, wanted.contains(model.values[output].name) else { continue }
        names[value.id, default: []].append(model.values[output].name)
      }
    }
    for port in graph.outputs where wanted.contains(port.name) {
      if names[port.value.id]?.contains(port.name) != true {
        names[port.value.id, default: []].append(port.name)
      }
    }
    return names
  }
}
