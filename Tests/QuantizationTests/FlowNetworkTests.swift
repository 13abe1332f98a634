// SPDX-License-Identifier: Apache-2.0
import Compiler
import Quantization
import Testing

struct FlowNetworkTests {
  @Test("no way of cutting costs less, on 200 random networks of 8 places")
  func leastCut() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<200 {
      var network = FlowNetwork()
      let places = (0..<8).map { _ in network.addPlace() }
      var edges: [(source: Int, target: Int, capacity: Int)] = []
      for _ in 0..<18 {
        let (source, target) = (
          Int.random(in: places.indices, using: &random),
          Int.random(in: places.indices, using: &random)
        )
        guard source != target else { continue }
        edges.append((source, target, Int.random(in: 0...9, using: &random)))
        network.connect(source, target, capacity: edges[edges.count - 1].capacity)
      }
      func cost(_ isCut: (Int) -> Bool) -> Int {
        edges.reduce(0) { $0 + (isCut($1.source) && !isCut($1.target) ? $1.capacity : 0) }
      }
      // The source is place 0, the sink place 1; the others are on either side.
      let costs = (0..<64).map { bits in cost { $0 == 0 || $0 > 1 && bits >> ($0 - 2) & 1 == 1 } }
      let side = network.sourceSide(from: 0, to: 1)
      #expect(side[0] && !side[1])
      #expect(cost { side[$0] } == costs.min())
    }
  }
}
