// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Why a graph has no gradient.
package enum DifferentiationError: Error, Equatable, Sendable {
  /// What is wanted depends on this node, whose operator has no gradient.
  case noGradient(node: String, operation: String)
  /// The operator of this node has a gradient, but not for these inputs or attributes.
  case unsupported(node: String, operation: String, OperatorError)
  /// The result does not depend on this value, so that its gradient is 0.
  case unreached(value: String)
}

/// Adds the nodes that compute gradients of a result, by reverse accumulation.
///
/// Only what lies between the wanted values and the result is differentiated: what is frozen costs
/// nothing. Gradients that reach a value over several ways are added as they come, last way first.
///
/// - Parameters:
///   - builder: holds the graph; gets the gradients' nodes.
///   - seeds: the gradients of the result with respect to some values: where to start.
///   - wanted: the values whose gradients are asked for.
///   - complete: called with a wanted value and its gradient as soon as no node is left that adds
///     to the gradient or reads the value: what it adds to the builder comes before the gradients
///     of earlier nodes, so that a value can be updated and its gradient forgotten.
/// - Throws: `DifferentiationError`.
package func differentiate(
  _ builder: inout GraphBuilder, seeds: [(value: Value, gradient: Value)], wanted: [Value],
  complete: (Value, Value, inout GraphBuilder) throws(OperatorError) -> Void
) throws(DifferentiationError) {
  let graph = builder.finish()
  var backward = Backward(graph, seeds, wanted)
  try backward.run(&builder, complete)
}

/// Adds the nodes that compute gradients and gives the gradient of each wanted value.
///
/// - Throws: `DifferentiationError`, also when the result does not depend on a wanted value.
package func gradients(
  _ builder: inout GraphBuilder, seeds: [(value: Value, gradient: Value)], wanted: [Value]
) throws(DifferentiationError) -> [Value] {
  var found: [Value: Value] = [:]
  try differentiate(&builder, seeds: seeds, wanted: wanted) { value, gradient, _ in
    found[value] = gradient
  }
  var gradients: [Value] = []
  for value in wanted {
    guard let gradient = found[value] else { throw .unreached(value: builder.name(of: value)) }
    gradients.append(gradient)
  }
  return gradients
}

/// The walk from the result back to what is wanted.
private struct Backward {
  let graph: Graph
  let wanted: Set<Value>

  /// For each value, whether it depends on one that is wanted, or is one.
  private var isDependent: [Bool]

  /// For each node, the wanted values that it is the first to read.
  private var firstReads: [[Value]]

  /// What has reached each value so far.
  private var gradients: [Value?]

  init(_ graph: Graph, _ seeds: [(value: Value, gradient: Value)], _ wanted: [Value]) {
    self.graph = graph
    self.wanted = Set(wanted)
    isDependent = [Bool](repeating: false, count: graph.values.count)
    gradients = [Value?](repeating: nil, count: graph.values.count)
    firstReads = [[Value]](repeating: [], count: graph.nodes.count)
    for value in wanted { isDependent[value.id] = true }
    var isRead = Set<Value>()
    for (index, node) in graph.nodes.enumerated() {
      guard node.inputs.contains(where: { isDependent[$0.id] }) else { continue }
      for output in node.outputs where graph.type(of: output).isReal {
        isDependent[output.id] = true
      }
      for input in node.inputs where self.wanted.contains(input) && isRead.insert(input).inserted {
        firstReads[index].append(input)
      }
    }
    for seed in seeds where isDependent[seed.value.id] { gradients[seed.value.id] = seed.gradient }
  }

  mutating func run(
    _ builder: inout GraphBuilder,
    _ complete: (Value, Value, inout GraphBuilder) throws(OperatorError) -> Void
  ) throws(DifferentiationError) {
    for (index, node) in graph.nodes.enumerated().reversed() {
      try add(node, &builder)
      for value in firstReads[index] {
        guard let gradient = gradients[value.id] else { continue }
        do throws(OperatorError) {
          try complete(value, gradient, &builder)
        } catch {
          throw .unsupported(node: graph.name(of: value), operation: "update", error)
        }
      }
    }
  }

  /// Adds what a node hands on to its inputs.
  private mutating func add(
    _ node: Node, _ builder: inout GraphBuilder
  ) throws(DifferentiationError) {
    let isWanted = node.inputs.map { isDependent[$0.id] }
    guard isWanted.contains(true), node.outputs.contains(where: { gradients[$0.id] != nil }) else {
      return
    }
    let operation = Swift.type(of: node.operation).name
    guard let differentiable = node.operation as? any DifferentiableOperator else {
      throw .noGradient(node: node.name, operation: operation)
    }
    do throws(OperatorError) {
      let parts = try differentiable.gradient(
        DifferentiatedNode(
          inputs: node.inputs, outputs: node.outputs,
          outputGradients: node.outputs.map { gradients[$0.id] }, isWanted: isWanted), &builder)
      precondition(parts.count == node.inputs.count, "one gradient for each input")
      for (input, part) in zip(node.inputs, parts) where isDependent[input.id] {
        guard let part else { continue }
        precondition(
          builder.type(of: part).shape == graph.type(of: input).shape,
          "a gradient has the shape of its value")
        gradients[input.id] =
          try gradients[input.id].map { (sum) throws(OperatorError) in
            try builder.apply(Add(), [sum, part], name: graph.name(of: input) + " gradient")
          } ?? part
      }
    } catch {
      throw .unsupported(node: node.name, operation: operation, error)
    }
  }
}

extension TensorType {
  /// Whether it holds reals: whole numbers and truth values change by steps, and nothing that is
  /// computed from them has a gradient by what they were computed from.
  fileprivate var isReal: Bool { dtype.isFloat || quantization != nil }
}
