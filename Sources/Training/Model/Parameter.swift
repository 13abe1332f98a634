// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Learnt numbers of a model: a constant that training may turn into a state.
package struct Parameter: Sendable {
  /// The layer's name and the role, such as `conv1/weights`; unique in the model.
  package let name: String
  package let role: ParameterInput.Role

  /// The node that the numbers belong to, as an index into the graph's nodes; the first of several
  /// that share them.
  package let node: Int

  /// The constant, in the graph.
  package let value: Value

  /// What the model has: natural layout, output channels first for weights.
  package let initial: TensorData

  /// Numbers that are learnt.
  package var count: Int { initial.type.shape.elementCount }

  /// The layer's name.
  package var layer: String { String(name.dropLast(role.rawValue.count + 1)) }
}

extension Graph {
  /// The learnt numbers of a graph that `prepareForTraining` made, in the order of their nodes.
  package var parameters: [Parameter] {
    var parameters: [Parameter] = []
    var known = Set<Value>()
    var names = Set<String>()
    for (index, node) in nodes.enumerated() {
      guard let parametric = Swift.type(of: node.operation) as? any ParametricOperator.Type else {
        continue
      }
      for parameter in parametric.parameters where parameter.input < node.inputs.count {
        let value = node.inputs[parameter.input]
        guard let data = constant(value), data.type.dtype == .float32, isLearnt(value, by: node),
          known.insert(value).inserted
        else { continue }
        let layer = node.name.isEmpty ? "layer\(index)" : node.name
        var name = "\(layer)/\(parameter.role.rawValue)"
        // Two nodes of one name: the later one is told by its position.
        if !names.insert(name).inserted {
          name = "\(layer)#\(index)/\(parameter.role.rawValue)"
          names.insert(name)
        }
        parameters.append(
          Parameter(
            name: name, role: parameter.role, node: index, value: value, initial: data))
      }
    }
    return parameters
  }

  /// Whether a constant is one that networks learn: what is added to the model's own input brings
  /// that into its range, and one number for all elements is part of a formula.
  private func isLearnt(_ value: Value, by node: Node) -> Bool {
    guard node.operation is Add else { return true }
    return type(of: value).shape.elementCount > 1
      && !node.inputs.contains { input in inputs.contains { $0.value == input } }
  }
}
