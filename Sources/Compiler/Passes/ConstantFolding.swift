// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The most elements that a folded constant may have: 64 MiB of float32, the size of the largest
/// layers that fit a small board.
private let largestFoldedConstant = 1 << 24

extension Pass {
  /// Computes the nodes whose inputs are all constants.
  ///
  /// In `Double`, by the operators' own references, rounded once to the output's type.
  package static let constantFolding = Pass("constant folding") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      let operands = inputs.compactMap { builder.constant($0) }
      let isSmall = node.outputs.allSatisfy { output in
        graph.type(of: output).shape.elementCount <= largestFoldedConstant
      }
      guard operands.count == inputs.count, isSmall else { return nil }
      let results = node.operation.reference(operands.map { ReferenceTensor($0) })
      var values: [Value] = []
      for (output, result) in zip(node.outputs, results) {
        guard let data = result.stored(as: graph.type(of: output)) else { return nil }
        values.append(builder.constant(data, name: graph.name(of: output)))
      }
      return values
    }
  }
}
