// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// An operator that knows its gradient, as nodes of ordinary operators.
///
/// What an input is used for elsewhere, and which of several gradients are added, is the business
/// of `differentiate`; an operator sees one node at a time.
package protocol DifferentiableOperator: Operator {
  /// Adds the nodes that compute the gradients of a node's inputs from those of its outputs.
  ///
  /// - Returns: for each input its gradient, of the input's shape; `nil` where nothing that is
  ///   wanted depends on it, and where the outputs do not change with it.
  /// - Throws: `OperatorError` when this form of the operator has no gradient.
  func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?]
}

/// A node as its operator sees it when it is differentiated; all values are the builder's.
package struct DifferentiatedNode: Sendable {
  package let inputs: [Value]
  package let outputs: [Value]

  /// The gradient of each output, of its shape; `nil` where the result does not depend on it.
  package let outputGradients: [Value?]

  /// For each input, whether its gradient is asked for.
  package let isWanted: [Bool]

  package init(
    inputs: [Value], outputs: [Value], outputGradients: [Value?], isWanted: [Bool]
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.outputGradients = outputGradients
    self.isWanted = isWanted
  }

  /// The gradient of the output of an operator that has one.
  package var outputGradient: Value {
    guard let gradient = outputGradients[0] else {
      preconditionFailure("a node is differentiated when an output has a gradient")
    }
    return gradient
  }

  /// Whether there is an input of this number and its gradient is asked for.
  package func wants(_ input: Int) -> Bool { isWanted.indices.contains(input) && isWanted[input] }

  /// The gradients of the inputs that are wanted, by their number; `nil` for the others.
  package func each(
    _ gradient: (Int) throws(OperatorError) -> Value?
  ) throws(OperatorError) -> [Value?] {
    var gradients: [Value?] = []
    for input in inputs.indices {
      gradients.append(wants(input) ? try gradient(input) : nil)
    }
    return gradients
  }
}

/// An operator that others compute: it has a meaning and a gradient of its own, and no kernel.
///
/// A pass puts its parts in its place before a graph is lowered, after it has been differentiated.
package protocol CompositeOperator: Operator {
  /// Adds the nodes that compute the outputs.
  ///
  /// - Returns: the outputs; `nil` when this node has a kernel of its own as it is.
  func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]?
}

extension CompositeOperator {
  /// Composites have no kernel contract; `CompositeOperator.expanded` says what computes them.
  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    throw .notExpanded
  }
}
