// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct LayoutPassTests {
  static let toChannelsLast = Transpose(permutation: [0, 2, 3, 1])
  static let toChannelsFirst = Transpose(permutation: [0, 3, 1, 2])

  /// A convolution as an NCHW model brings it.
  private func convolution(_ x: Value, channels: Int, _ f: inout Fixture) throws -> Value {
    let y = try f.convolution(f.apply(Self.toChannelsLast, x), channels: channels)
    return try f.apply(Self.toChannelsFirst, y)
  }

  @Test func onlyTransposesAtTheEdgesRemain() throws {
    var f = Fixture()
    let x = f.input(1, 3, 6, 6)
    let first = try f.apply(Clamp(range: .relu6), convolution(x, channels: 4, &f))
    let second = try convolution(first, channels: 4, &f)
    let sum = try f.apply(Add(), f.apply(Add(), first, second), f.weights(4, 1, 1))
    let padded = try f.apply(Pad(before: [0, 0, 1, 1], after: [0, 0, 1, 0]), sum)
    let joined = try f.apply(
      Concatenation(axis: 1), padded, f.apply(Clamp(range: .relu), padded))
    let y = try convolution(joined, channels: 2, &f)
    let graph = try rewrite(f.finish(y), by: .transposeSinking, .constantFolding)
    #expect(graph.operatorNames.filter { $0 == "Transpose" }.count == 2)
    #expect(graph.operatorNames.first == "Transpose")
    #expect(graph.operatorNames.last == "Transpose")
  }

  @Test func aTransposeMovesBeforeThePaddingOfAnInput() throws {
    var f = Fixture()
    let padded = try f.apply(Pad(before: [0, 0, 1, 2], after: [0, 0, 3, 4]), f.input(1, 3, 5, 5))
    let y = try convolution(padded, channels: 2, &f)
    let graph = try rewrite(f.finish(y), by: .transposeSinking, .padFusion)
    #expect(graph.operatorNames == ["Transpose", "Convolution", "Transpose"])
  }

  @Test func aTransposeThatMovesNoElementIsAReshape() throws {
    var f = Fixture()
    let y = try f.apply(Self.toChannelsLast, f.input(1, 1, 4, 5))
    let graph = try rewrite(f.finish(y), by: .freeTransposes)
    #expect(graph.operatorNames == ["Reshape"])
  }

  @Test func aFlattenedFeatureMapIsReadAsItLies() throws {
    for batch in [1, 2] {
      var f = Fixture()
      let turned = try f.apply(Self.toChannelsFirst, f.input(batch, 4, 3, 5))
      let flat = try f.apply(Reshape(shape: Shape([batch, 60])), turned)
      let y = try f.apply(FullyConnected(), flat, f.weights(7, 60), f.weights(7))
      // The sums run in another order: 60 roundings of 2⁻⁵³ each.
      let graph = try rewrite(f.finish(y), by: .flattenFolding, relative: 0x1p-46)
      #expect(graph.operatorNames == ["Reshape", "FullyConnected"])
    }
  }

  @Test func aFlattenAcrossTheBatchStays() throws {
    var f = Fixture()
    let turned = try f.apply(Transpose(permutation: [1, 0, 2, 3]), f.input(2, 3, 2, 2))
    let flat = try f.apply(Reshape(shape: [2, 12]), turned)
    let y = try f.apply(FullyConnected(), flat, f.weights(4, 12))
    let graph = try rewrite(f.finish(y), by: .flattenFolding)
    #expect(graph.operatorNames == ["Transpose", "Reshape", "FullyConnected"])
  }

  @Test func neighboursOfOneKindMerge() throws {
    var f = Fixture()
    let x = f.input(2, 3, 4)
    let a = try f.apply(Reshape(shape: [4, 6]), f.apply(Reshape(shape: [24]), x))
    let b = try f.apply(
      Transpose(permutation: [2, 0, 1]), f.apply(Transpose(permutation: [1, 2, 0]), x))
    let c = try f.apply(Clamp(range: .relu), f.apply(Clamp(range: .reluN1To1), x))
    let d = try f.apply(Concatenation(axis: 1), f.apply(Clamp(range: .none), x))
    let graph = try rewrite(f.finish(a, b, c, d), by: .identityRemoval)
    #expect(graph.operatorNames == ["Reshape", "Clamp"])
  }

  /// A detector's head: feature maps flattened, joined and turned.
  @Test(arguments: [1, 2])
  func transposesMovePastSlicesAndReshapes(batch: Int) throws {
    var f = Fixture()
    let x = f.input(batch, 6, 4, 8)
    let features = try f.apply(Self.toChannelsFirst, f.apply(Self.toChannelsLast, x))
    let clamped = try f.apply(
      Self.toChannelsFirst, f.apply(Clamp(range: .relu), f.apply(Self.toChannelsLast, features)))
    let slice = Slice(start: [0, 1, 0, 1], step: [1, 1, 2, 2], count: [batch, 5, 2, 4])
    let part = try f.apply(slice, clamped)
    let whole = try f.apply(
      Slice(start: [0, 0, 0, 0], step: [1, 1, 1, 1], count: [batch, 5, 4, 8]), clamped)
    let rows = try f.apply(Reshape(shape: Shape([batch, 5, 32])), whole)
    let few = try f.apply(Reshape(shape: Shape([batch, 5, 8])), part)
    let joined = try f.apply(Concatenation(axis: -1), rows, few)
    let y = try f.apply(Transpose(permutation: [0, 2, 1]), joined)
    let graph = try rewrite(f.finish(y), by: .transposeSinking, .freeTransposes, .identityRemoval)
    #expect(graph.operatorNames.count { $0 == "Transpose" } == 1)
  }

  /// Merging axes that the transpose has parted is no reshape of the source.
  @Test func aReshapeAcrossMovedAxesStays() throws {
    var f = Fixture()
    let y = try f.apply(
      Reshape(shape: [2, 60]), f.apply(Self.toChannelsFirst, f.input(2, 4, 5, 3)))
    let graph = try rewrite(f.finish(y), by: .transposeSinking)
    #expect(graph.operatorNames == ["Transpose", "Reshape"])
  }

  @Test func slicesOfSlicesMerge() throws {
    var f = Fixture()
    let x = f.input(7, 9)
    let rows = try f.apply(Slice(start: [1, 8], step: [2, -2], count: [3, 4]), x)
    let y = try f.apply(Slice(start: [2, 1], step: [-1, 2], count: [3, 2]), rows)
    let z = try f.apply(Slice(start: [0, 0], step: [1, 1], count: [7, 9]), x)
    let graph = try rewrite(f.finish(y, z), by: .identityRemoval)
    #expect(graph.operatorNames == ["Slice"])
  }
}
