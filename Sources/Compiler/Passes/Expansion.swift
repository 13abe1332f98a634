// SPDX-License-Identifier: Apache-2.0
import Graph

extension Pass {
  /// Puts the parts of composite operators in their place.
  package static let expansion = Pass("expansion") { (graph) throws(OperatorError) in
    try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard let composite = node.operation as? any CompositeOperator else { return nil }
      return try composite.expanded(inputs, &builder, name: node.name)
    }
  }
}
