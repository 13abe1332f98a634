// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct ReshapePassTests {
  private static let toChannelsFirst = Transpose(permutation: [0, 3, 1, 2])

  @Test func reshapesMeetBehindElementwiseOperators() throws {
    var f = Fixture()
    let x = f.input(2, 12)
    let wide = try f.apply(Reshape(shape: [4, 6]), x)
    let sum = try f.apply(Add(), wide, f.apply(Clamp(range: .relu), wide))
    let scaled = try f.apply(Multiply(), f.apply(Add(), sum, f.weights(4, 6)), f.weights(1))
    let y = try f.apply(Reshape(shape: [2, 12]), scaled)
    let graph = try rewrite(f.finish(y), by: .reshapeSinking, .constantFolding, .identityRemoval)
    #expect(graph.operatorNames == ["Clamp", "Add", "Add", "Multiply"])
  }

  @Test func reshapesOfOtherShapesAndBroadcastsStay() throws {
    var f = Fixture()
    let x = f.input(2, 12)
    let (a, b) = (
      try f.apply(Reshape(shape: [4, 6]), x),
      try f.apply(Reshape(shape: [4, 6]), f.apply(Softmax(), f.apply(Reshape(shape: [24]), x)))
    )
    let y = try f.apply(Add(), f.apply(Add(), a, b), f.weights(6))
    let graph = try rewrite(f.finish(y), by: .reshapeSinking)
    #expect(graph.operatorNames == ["Reshape", "Reshape", "Softmax", "Reshape", "Add", "Add"])
  }

  /// A detection head: channels first, flattened, and turned so that boxes come first.
  @Test func aFlattenedImageIsReadAsItLies() throws {
    var f = Fixture()
    let turned = try f.apply(Self.toChannelsFirst, f.input(1, 4, 5, 3))
    let flat = try f.apply(Reshape(shape: [1, 3, 20]), turned)
    let y = try f.apply(Transpose(permutation: [0, 2, 1]), flat)
    let graph = try rewrite(
      f.finish(y), by: .transposeSinking, .freeTransposes, .identityRemoval)
    #expect(graph.operatorNames == ["Reshape"])
  }

  @Test func aReshapeAcrossTransposedAxesStays() throws {
    for shape in [[2, 60], [2, 3, 4, 5, 1], [3, 2, 20], [2, 6, 10]] as [Shape] {
      var f = Fixture()
      let turned = try f.apply(Self.toChannelsFirst, f.input(2, 4, 5, 3))
      let y = try f.apply(Reshape(shape: shape), turned)
      let graph = try rewrite(f.finish(y), by: .transposeSinking)
      // The second keeps every axis apart and so moves; the others mix channels with others.
      let isMoved = shape == [2, 3, 4, 5, 1]
      #expect(graph.operatorNames.first == (isMoved ? "Reshape" : "Transpose"), "\(shape)")
    }
  }

  /// Convolutions of signals, as ONNX has them: an axis comes and goes around each.
  @Test func signalsStayChannelsLast() throws {
    var f = Fixture()
    var x = f.input(1, 3, 9)
    for channels in [4, 2] {
      let depth = f.builder.type(of: x).shape[1]
      let image = try f.apply(Reshape(shape: Shape([1, depth, 1, 9])), x)
      let last = try f.apply(Transpose(permutation: [0, 2, 3, 1]), image)
      let sums = try f.apply(Self.toChannelsFirst, f.convolution(last, channels: channels))
      x = try f.apply(Clamp(range: .relu), f.apply(Reshape(shape: Shape([1, channels, 9])), sums))
    }
    let graph = try optimize(f.finish(x))
    #expect(graph.operatorNames.filter { $0 == "Convolution" || $0 == "Clamp" }.count == 2)
    #expect(graph.operatorNames.filter { $0 == "Transpose" }.count == 2)
  }
}
