// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct PaddingPassTests {
  static let around = Pad(before: [0, 1, 0, 0], after: [0, 1, 2, 0])

  @Test func convolutionsTakeZeroPadding() throws {
    var f = Fixture()
    let x = f.input(1, 5, 5, 4)
    let padded = try f.apply(Self.around, x)
    let a = try f.convolution(padded, channels: 3)
    let b = try f.apply(DepthwiseConvolution(), padded, f.weights(3, 3, 4))
    let graph = try rewrite(f.finish(a, b), by: .padFusion)
    #expect(graph.operatorNames == ["Convolution", "DepthwiseConvolution"])
    let padding = (graph.nodes[0].operation as? Convolution)?.padding
    #expect(padding == Padding(top: 2, left: 1, bottom: 2, right: 3))
  }

  @Test func otherValuesAndAxesStay() throws {
    for pad in [
      Pad(before: [0, 1, 1, 0], after: [0, 0, 0, 0], value: 1),
      Pad(before: [0, 0, 0, 1], after: [0, 0, 0, 0]),
    ] {
      var f = Fixture()
      let y = try f.convolution(f.apply(pad, f.input(1, 5, 5, 3)), channels: 2)
      let graph = try rewrite(f.finish(y), by: .padFusion)
      #expect(graph.operatorNames == ["Pad", "Convolution"])
    }
  }

  @Test func averagePoolsTakePaddingThatCounts() throws {
    let own = Padding(top: 1, left: 1, bottom: 1, right: 1)
    for (padding, counts, isFused) in [
      (Padding.none, false, true), (own, true, true), (own, false, false),
    ] {
      var f = Fixture()
      let x = f.input(1, 6, 6, 2)
      let y = try f.apply(
        AveragePool(window: Extent2D(4, 4), padding: padding, countsPadding: counts),
        f.apply(Self.around, x))
      let graph = try rewrite(f.finish(y), by: .padFusion)
      #expect(graph.nodes.count == (isFused ? 1 : 2))
    }
  }

  @Test func maximumPoolsTakePaddingThatNeverWins() throws {
    for (value, range, isFused) in [
      (-Float.infinity, ActivationRange.none, true), (0, .relu, true), (0, .none, false),
    ] {
      var f = Fixture()
      let clamped = try f.apply(Clamp(range: range), f.input(1, 6, 6, 2))
      let padded = try f.apply(
        Pad(before: [0, 1, 1, 0], after: [0, 1, 1, 0], value: value), clamped)
      let y = try f.apply(MaxPool(window: Extent2D(3, 3), stride: Extent2D(2, 2)), padded)
      let graph = try rewrite(f.finish(y), by: .padFusion)
      #expect(graph.operatorNames.contains("Pad") != isFused)
    }
  }
}
