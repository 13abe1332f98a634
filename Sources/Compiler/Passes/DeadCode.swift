// SPDX-License-Identifier: Apache-2.0
import Graph

extension Pass {
  /// Drops the nodes and constants that no output needs.
  package static let deadCode = Pass("dead code") { (graph) throws(OperatorError) in
    try graph.withoutDeadNodes()
  }
}

extension Graph {
  /// The graph without the nodes and constants that no output needs.
  func withoutDeadNodes() throws(OperatorError) -> Graph {
    try rewritten { (_, _, _) throws(OperatorError) in nil }
  }
}
