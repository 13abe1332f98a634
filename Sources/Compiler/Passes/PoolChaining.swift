// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Pass {
  /// Computes large maximum pools from smaller ones over the same image, as in spatial pyramids.
  ///
  /// A maximum of maxima is the maximum: with stride 1, a 9×9 pool is a 5×5 pool of a 5×5 pool, and
  /// takes 25 comparisons for each output instead of 81. Exact; of equal zeros, either sign may
  /// come out.
  package static let poolChaining = Pass("pool chaining") { (graph) throws(OperatorError) in
    var chains = PoolChains(graph)
    return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
      guard node.operation is MaxPool else { return nil }
      return try chains.outputs(of: node, source: inputs[0], &builder).map { [$0] }
    }
  }
}

/// The pools of a graph that can be computed from one another.
private struct PoolChains {
  private struct Link {
    let pool: MaxPool
    let name: String
    let output: Value
  }

  /// For each value of the graph that pools read, its pools of stride 1, the smallest first.
  private var links: [Value: [Link]] = [:]

  /// The new value of each output that has been computed.
  private var computed: [Value: Value] = [:]

  init(_ graph: Graph) {
    for node in graph.nodes {
      guard let pool = node.operation as? MaxPool, pool.stride == .one, pool.activation == .none,
        graph.type(of: node.outputs[0]) == graph.type(of: node.inputs[0])
      else { continue }
      links[node.inputs[0], default: []].append(
        Link(pool: pool, name: node.name, output: node.outputs[0]))
    }
    links = links.mapValues { $0.sorted { $0.pool.tapCount < $1.pool.tapCount } }
  }

  /// The new value of a pool's output; `nil` when it is part of no chain.
  mutating func outputs(
    of node: Node, source: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value? {
    guard let chain = links[node.inputs[0]], chain.contains(where: { $0.output == node.outputs[0] })
    else { return nil }
    // Up to this pool, for the model may have the larger one first.
    for (index, link) in chain.enumerated() where computed[link.output] == nil {
      let smaller = chain[..<index].last { $0.pool.rest(of: link.pool) != nil }
      let input = smaller.flatMap { computed[$0.output] } ?? source
      let pool = smaller.flatMap { $0.pool.rest(of: link.pool) } ?? link.pool
      computed[link.output] = try builder.apply(pool, [input], name: link.name)
      if link.output == node.outputs[0] { break }
    }
    return computed[node.outputs[0]]
  }
}

extension MaxPool {
  fileprivate var tapCount: Int { window.height * window.width }

  /// The pool that makes a larger one of this one's output; `nil` when there is none.
  ///
  /// Both have stride 1 and keep the extents of the image. Every pixel in the larger window is in
  /// the smaller window of some pixel that the rest looks at, at the edges too, as long as all
  /// three paddings are smaller than their windows.
  fileprivate func rest(of larger: MaxPool) -> MaxPool? {
    let window = Extent2D(
      larger.window.height - self.window.height + 1, larger.window.width - self.window.width + 1)
    let padding = Padding(
      top: larger.padding.top - self.padding.top, left: larger.padding.left - self.padding.left,
      bottom: larger.padding.bottom - self.padding.bottom,
      right: larger.padding.right - self.padding.right)
    let fits =
      0..<window.height ~= padding.top && 0..<window.height ~= padding.bottom
      && 0..<window.width ~= padding.left && 0..<window.width ~= padding.right
    guard window != .one, fits else { return nil }
    return MaxPool(window: window, stride: .one, padding: padding)
  }
}
