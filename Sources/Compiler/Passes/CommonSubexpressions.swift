// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Computes once what a model computes twice, and keeps one of equal constants.
  ///
  /// Operators have no effect but their outputs: the same attributes, inputs and output types give
  /// the same bits.
  package static let commonSubexpressions = Pass("common subexpressions") {
    (graph) throws(OperatorError) in
    var results: [Expression: [Value]] = [:]
    var constants: [TensorData: Value] = [:]
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      let operands = inputs.map { input in
        guard let data = builder.constant(input) else { return input }
        if let known = constants[data] { return known }
        constants[data] = input
        return input
      }
      let expression = Expression(node, operands, in: graph)
      if let expression, let known = results[expression] { return known }
      let outputs = try builder.copy(node, inputs: operands, from: graph)
      if let expression { results[expression] = outputs }
      return outputs
    }
  }
}

/// What a node computes; nodes with equal ones have equal outputs.
private struct Expression: Hashable {
  private let operation: AnyHashable
  private let inputs: [Value]
  private let outputs: [TensorType]

  /// `nil` when the operator's attributes cannot be compared.
  init?(_ node: Node, _ inputs: [Value], in graph: Graph) {
    guard let operation = node.operation as? any Hashable else { return nil }
    self.operation = AnyHashable(operation)
    self.inputs = inputs
    outputs = node.outputs.map { graph.type(of: $0) }
  }
}
