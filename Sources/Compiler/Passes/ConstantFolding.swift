// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// The most elements that a folded constant may have: 64 MiB of float32, the size of the largest
/// layers that fit a small board.
private let largestFoldedConstant = 1 << 24

extension Pass {
  /// Computes the nodes whose inputs are all constants.
  ///
  /// As `Operator.folded` does. Quantised integers stay integers: what dequantises them is left to
  /// `constantDequantization`.
  package static let constantFolding = Pass("constant folding") { (graph) throws(OperatorError) in
    try graph.folded { node in
      !(node.operation is Dequantize) || graph.type(of: node.inputs[0]).dtype.isFloat
    }
  }

  /// Computes the float weights that stand for integers, where no int8 operator reads those.
  package static let constantDequantization = Pass("constant dequantization") {
    (graph) throws(OperatorError) in
    try graph.folded { $0.operation is Dequantize }
  }
}

extension Graph {
  /// The graph with constants in place of the nodes that are wanted and have constant inputs.
  fileprivate func folded(where isWanted: (Node) -> Bool) throws(OperatorError) -> Graph {
    try rewritten { (node, inputs, builder) throws(OperatorError) in
      guard isWanted(node) else { return nil }
      let operands = inputs.compactMap { builder.constant($0) }
      let isSmall = node.outputs.allSatisfy { output in
        type(of: output).shape.elementCount <= largestFoldedConstant
      }
      guard operands.count == inputs.count, isSmall else { return nil }
      let results = node.operation.folded(operands, as: node.outputs.map { type(of: $0) })
      return results.map { results in
        zip(node.outputs, results).map { builder.constant($1, name: name(of: $0)) }
      }
    }
  }
}
