// SPDX-License-Identifier: Apache-2.0

/// Capacities between numbered places, and the cheapest way to cut a source off a sink.
///
/// Source: Edmonds and Karp 1972; the cut is that of Ford and Fulkerson 1956.
package struct FlowNetwork {
  /// More than every other capacity together.
  package static let unlimited = 1 << 60

  private struct Edge {
    let target: Int
    var capacity: Int
  }

  /// Edge `2·i` and its reverse `2·i + 1`.
  private var edges: [Edge] = []
  private var leaving: [[Int]] = []

  package init() {}

  /// The number of a new place.
  package mutating func addPlace() -> Int {
    leaving.append([])
    return leaving.count - 1
  }

  package mutating func connect(_ source: Int, _ target: Int, capacity: Int) {
    leaving[source].append(edges.count)
    edges.append(Edge(target: target, capacity: capacity))
    leaving[target].append(edges.count)
    edges.append(Edge(target: source, capacity: 0))
  }

  /// For each place, whether it stays with the source when the edges of least total capacity are
  /// cut; of equal cuts the one that leaves the source fewest.
  package func sourceSide(from source: Int, to sink: Int) -> [Bool] {
    var network = self
    while true {
      let arrivals = network.arrivals(from: source)
      guard arrivals[sink] != nil else {
        return arrivals.indices.map { $0 == source || arrivals[$0] != nil }
      }
      network.fill(arrivals, from: source, to: sink)
    }
  }

  /// For each place that is reached, the edge by which the shortest path arrives.
  private func arrivals(from source: Int) -> [Int?] {
    var arrivals = [Int?](repeating: nil, count: leaving.count)
    var queue = [source]
    var next = 0
    while next < queue.count {
      for edge in leaving[queue[next]] where edges[edge].capacity > 0 {
        let target = edges[edge].target
        guard target != source, arrivals[target] == nil else { continue }
        arrivals[target] = edge
        queue.append(target)
      }
      next += 1
    }
    return arrivals
  }

  /// Sends as much as one path takes.
  private mutating func fill(_ arrivals: [Int?], from source: Int, to sink: Int) {
    var path: [Int] = []
    var place = sink
    while place != source, let edge = arrivals[place] {
      path.append(edge)
      place = edges[edge ^ 1].target
    }
    let amount = path.map { edges[$0].capacity }.min() ?? 0
    for edge in path {
      edges[edge].capacity -= amount
      edges[edge ^ 1].capacity += amount
    }
  }
}
