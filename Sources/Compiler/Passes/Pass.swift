// SPDX-License-Identifier: Apache-2.0
import Graph

/// A rewriting of graphs that keeps what they compute.
package struct Pass: Sendable {
  /// The name in messages and in `inspect --passes`.
  package let name: String

  /// The rewriting; throws when the graph it builds has a node that does not type.
  package let rewrite: @Sendable (Graph) throws(OperatorError) -> Graph

  package init(
    _ name: String, _ rewrite: @escaping @Sendable (Graph) throws(OperatorError) -> Graph
  ) {
    self.name = name
    self.rewrite = rewrite
  }

  /// Rewrites a graph and drops what no output needs any more; debug builds verify the result.
  package func run(_ graph: Graph) throws(CompileError) -> Graph {
    let result: Graph
    do throws(OperatorError) {
      result = try rewrite(graph).withoutDeadNodes()
    } catch {
      throw .passFailed(pass: name, error)
    }
    #if DEBUG
      try verify(result)
    #endif
    return result
  }

  /// Checks a graph this pass made.
  package func verify(_ graph: Graph) throws(CompileError) {
    do throws(GraphError) {
      try graph.verify()
    } catch {
      throw .invalidGraph(pass: name, error)
    }
  }
}
