// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import Quantization
import TensorCore
import Testing

struct FasterPlacementTests {
  /// A CPU on which all is equally fast but for some contracts.
  private func rates(_ slow: [String: Double]) -> KernelRates {
    var rates: [String: KernelRates.Rate] = [
      "s8_conv_runs_requant": .multiplyAccumulates(100),
      "s8_conv_requant": .multiplyAccumulates(100), "s8_gemm_requant": .multiplyAccumulates(100),
      "s8_dwconv_requant": .multiplyAccumulates(100),
      "f32_conv_clamp_fma": .multiplyAccumulates(20),
      "f32_gemm_clamp_fma": .multiplyAccumulates(20),
      "f32_dwconv_clamp_fma": .multiplyAccumulates(20),
    ]
    for (contract, rate) in slow { rates[contract] = .multiplyAccumulates(rate) }
    return KernelRates(rates)
  }

  private func floatNames(_ graph: Graph, _ rates: KernelRates) -> [String] {
    let placement = Placement(graph).fastest(of: graph, rates)
    return graph.nodes.indices.filter { !placement.isInteger[$0] }.map { graph.nodes[$0].name }
  }

  @Test("what is faster in integers is computed in them")
  func allFaster() throws {
    let graph = try prepare(smallNetwork(seed: 1))
    #expect(floatNames(graph, rates([:])) == floatNames(graph, KernelRates([:])))
    #expect(try floatNames(graph, rates([:])) == namesInFloat(graph))
  }

  private func namesInFloat(_ graph: Graph) throws -> [String] {
    let placement = Placement(graph)
    return graph.nodes.indices.filter { !placement.isInteger[$0] }.map { graph.nodes[$0].name }
  }

  @Test("a layer that is slower in integers by more than its conversions cost is float")
  func slowerLayer() throws {
    let graph = try prepare(smallNetwork(seed: 1))
    #expect(floatNames(graph, rates(["s8_dwconv_requant": 0.1])).contains("depthwise"))
    // Some 6 KB are converted in all: that costs more than the 7,776 products gain.
    #expect(!floatNames(graph, rates(["s8_dwconv_requant": 19])).contains("depthwise"))
  }

  @Test("a network that is slower in integers throughout is float throughout")
  func allSlower() throws {
    let graph = try prepare(smallNetwork(seed: 1))
    let slow = rates([
      "s8_conv_requant": 1, "s8_gemm_requant": 1, "s8_dwconv_requant": 1, "s8_conv_runs_requant": 1,
    ])
    #expect(floatNames(graph, slow).count == graph.nodes.count)
  }
}
