// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Quantization
import TensorCore
import TestSupport
import Testing

struct EqualizationTests {
  private func observed(_ graph: Graph) throws -> [Value: ActivationStatistics] {
    let placement = Placement(graph)
    var calibration = try Calibration(graph, observing: placement.quantizedValues(graph))
    for (index, inputs) in smallSamples(6, seed: 40).enumerated() {
      try calibration.add(("\(index)", [inputs]))
    }
    return calibration.statistics
  }

  private func outputs(_ graph: Graph) throws -> [Double] {
    smallSamples(3, seed: 41).flatMap { graph.reference($0)[0].values }
  }

  /// Float32 weights are rounded once by scaling: a part in 2²⁴ of every product, of which no
  /// output has more than 100 of magnitude 6 on any path.
  private func expectSame(_ first: [Double], _ second: [Double]) {
    #expect(zip(first, second).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test("what the model computes stays the same")
  func sameResults() throws {
    let graph = try prepare(smallNetwork(seed: 1))
    let balanced = try equalized(graph, observed(graph))
    try balanced.verify()
    #expect(
      balanced.layers.first { $0.name == "linear" }?.weights
        != graph.layers.first { $0.name == "linear" }?.weights)
    expectSame(try outputs(balanced), try outputs(graph))
  }

  @Test("a planted spread of channels is undone")
  func plantedSpread() throws {
    let spread: [Float] = [0x1p-4, 0x1p4, 1, 0x1p3, 0x1p-3, 2, 0.5, 1]
    let plain = try prepare(smallNetwork(seed: 2))
    let spoiled = try prepare(smallNetwork(seed: 2, spread: spread))
    expectSame(try outputs(spoiled), try outputs(plain))
    let balanced = try [plain, spoiled].map { try equalized($0, observed($0)) }
    for name in ["linear", "expand", "project", "last"] {
      let layers = try balanced.map { graph in
        try #require(graph.layers.first { $0.name == name })
      }
      #expect(
        zip(layers[0].weights, layers[1].weights).allSatisfy {
          abs($0 - $1) <= 1e-4 * max($0.magnitude, 1e-3)
        })
    }
  }

  @Test("values that are clamped above, or leave the model, keep their channels")
  func keptChannels() throws {
    let graph = try prepare(smallNetwork(seed: 3))
    let sets = graph.freeScalingSets
    let names = Set(sets.flatMap(\.values).map { graph.name(of: $0) })
    #expect(names.isSuperset(of: ["linear", "project", "add"]))
    #expect(names.isDisjoint(with: ["stem", "expand", "depthwise", "classes"]))
  }
}
