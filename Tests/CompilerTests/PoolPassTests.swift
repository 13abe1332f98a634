// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct PoolPassTests {
  private func pool(_ size: Int, stride: Int = 1) -> MaxPool {
    MaxPool(
      window: Extent2D(size, size), stride: Extent2D(stride, stride),
      padding: Padding(top: size / 2, left: size / 2, bottom: size / 2, right: size / 2))
  }

  private func windows(_ graph: Graph) -> [Int] {
    graph.nodes.compactMap { ($0.operation as? MaxPool)?.window.height }
  }

  /// Spatial pyramids: whichever pool comes first.
  @Test(arguments: [[5, 9, 13], [13, 5, 9], [9, 13, 5]]) func pyramidsAreChains(sizes: [Int]) throws
  {
    var f = Fixture()
    let x = f.input(2, 7, 6, 3)
    let pools = try sizes.map { try f.apply(pool($0), x) }
    let y = try f.apply(Concatenation(axis: 3), x, pools[0], pools[1], pools[2])
    let graph = try rewrite(f.finish(y), by: .poolChaining)
    #expect(windows(graph) == [5, 5, 5])
  }

  @Test func unevenWindowsAndPaddingsChain() throws {
    var f = Fixture()
    let x = f.input(1, 6, 8, 2)
    let small = MaxPool(
      window: Extent2D(2, 3), padding: Padding(top: 1, left: 0, bottom: 0, right: 2))
    let large = MaxPool(
      window: Extent2D(4, 3), padding: Padding(top: 1, left: 0, bottom: 2, right: 2))
    let graph = try rewrite(
      f.finish(f.apply(large, x), f.apply(small, x)), by: .poolChaining)
    #expect(windows(graph) == [2, 3])
  }

  @Test func otherPoolsStay() throws {
    var clamped = pool(5)
    clamped.activation = .relu
    let shifted = MaxPool(
      window: Extent2D(9, 9), padding: Padding(top: 1, left: 4, bottom: 7, right: 4))
    let unpadded = MaxPool(window: Extent2D(9, 9))
    for (small, large) in [
      (pool(5, stride: 2), pool(9)), (pool(5), pool(9, stride: 2)), (clamped, pool(9)),
      (pool(5), shifted), (pool(5), unpadded), (pool(5), pool(5)),
    ] {
      var f = Fixture()
      let x = f.input(1, 9, 9, 1)
      let graph = try rewrite(
        f.finish(f.apply(small, x), f.apply(large, x)), by: .poolChaining)
      #expect(windows(graph) == [small.window.height, large.window.height])
    }
  }

  /// What a pool does by itself: padding, clamp, and int8 between the model's float scales.
  @Test func aPoolOfAQuantizedModelIsOneStep() throws {
    let input = QuantizationParameters(scale: 0.02, zeroPoint: -3)
    let output = QuantizationParameters(scale: 0.03, zeroPoint: 4)
    var f = Fixture()
    let x = f.builder.input("x", TensorType(.int8, [1, 6, 6, 3], quantization: input))
    let padded = try f.apply(
      Pad(before: [0, 1, 1, 0], after: [0, 1, 1, 0]), f.apply(Dequantize(), x))
    let mean = try f.apply(AveragePool(window: Extent2D(3, 3)), padded)
    let y = try f.builder.apply(
      Quantize(), [f.apply(Clamp(range: .relu), mean)], quantization: output)
    let graph = try rewrite(
      f.finish(y), by: .padFusion, .activationFusion, .quantizationFusion)
    #expect(graph.operatorNames == ["AveragePool"])
    #expect((graph.nodes.first?.operation as? AveragePool)?.activation == .relu)
  }

  /// The mean of the image and the reshape behind it move no data besides the pool.
  @Test func aGlobalPoolThatIsFlattenedIsOneStep() throws {
    var f = Fixture()
    let turned = try f.apply(
      Transpose(permutation: [0, 3, 1, 2]),
      f.apply(AveragePool(window: Extent2D(5, 5)), f.input(1, 5, 5, 12)))
    let y = try f.apply(Clamp(range: .relu), f.apply(Reshape(shape: [1, 12]), turned))
    let graph = try optimize(f.finish(y))
    #expect(graph.operatorNames == ["AveragePool", "Reshape"])
  }
}
