// SPDX-License-Identifier: Apache-2.0
import Quantization
import Testing

struct PrecisionLadderTests {
  /// A chain of nodes 0, 1, 2 whose values between are rounded, and whose weights are.
  private func ladder(
    activations: [Double], weights: [Double], cost: @escaping (Int, Precision) -> Double?
  ) -> [PrecisionStep] {
    let values = activations.enumerated().map { index, noise in
      NoiseSource(nodes: [index, index + 1], isOfWeights: false, noise: noise)
    }
    let layers = weights.enumerated().map { index, noise in
      NoiseSource(nodes: [index], isOfWeights: true, noise: noise)
    }
    return PrecisionLadder(values + layers, cost: cost).steps
  }

  /// As registers have it: 1, 2 and 4.
  private func width(_ node: Int, _ precision: Precision) -> Double? {
    switch precision {
    case .int8: 1
    case .int16: 2
    case .float32: 4
    }
  }

  @Test("a noisy activation makes both its neighbours int16")
  func activation() {
    let steps = ladder(activations: [0.001, 0.9], weights: [0, 0, 0], cost: width)
    #expect(steps.first == PrecisionStep(precision: .int16, nodes: [1, 2]))
    // The last activation needs one node more.
    #expect(steps == [steps[0], PrecisionStep(precision: .int16, nodes: [0])])
  }

  @Test("noisy weights make their layer float, and nothing else does")
  func weights() {
    let steps = ladder(activations: [0, 0], weights: [0, 0.5, 0.1], cost: width)
    #expect(
      steps == [
        PrecisionStep(precision: .float32, nodes: [1]),
        PrecisionStep(precision: .float32, nodes: [2]),
      ])
  }

  @Test("where int16 is no faster than float, float it is")
  func slowInt16() {
    let steps = ladder(activations: [0.5, 0], weights: [0.1, 0, 0]) { node, precision in
      precision == .int16 ? 4 : width(node, precision)
    }
    #expect(steps == [PrecisionStep(precision: .float32, nodes: [0, 1])])
  }

  @Test("a node without a form in int16 becomes float")
  func noInt16() {
    let steps = ladder(activations: [0.5, 0], weights: [0, 0, 0]) { node, precision in
      node == 1 && precision == .int16 ? nil : width(node, precision)
    }
    #expect(steps == [PrecisionStep(precision: .float32, nodes: [0, 1])])
  }

  @Test("the cheapest of equally noisy layers comes first")
  func cheapest() {
    let steps = ladder(activations: [0, 0], weights: [0.5, 0.5, 0.5]) { node, precision in
      width(node, precision).map { $0 * [30, 10, 20][node] }
    }
    #expect(steps.map(\.nodes) == [[1], [2], [0]])
  }
}
