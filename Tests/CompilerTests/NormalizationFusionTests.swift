// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct NormalizationFusionTests {
  private func number(_ f: inout Fixture, _ value: Float) -> Value {
    f.builder.constant(TensorData([1], float32: [value]))
  }

  /// √(mean of the squares over an axis + epsilon).
  private func root(_ f: inout Fixture, _ x: Value, axis: Int) throws -> Value {
    let mean = try f.apply(Reduce(.mean, axes: axis...axis), f.apply(Power(exponent: 2), x))
    return try f.apply(SquareRoot(), f.apply(Add(), mean, number(&f, 1e-5)))
  }

  /// The operators left, the result being the same.
  private func names(
    _ graph: Graph, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    let fused = try rewrite(
      graph, by: .normalizationFusion, relative: 0x1p-22, sourceLocation: sourceLocation)
    try checkThreeForms(graph, randomInputs(of: graph), sourceLocation: sourceLocation)
    return fused.operatorNames
  }

  /// As Llama exports write it: x · (1 / √…) · g.
  @Test func rootMeanSquareIsRecognised() throws {
    var f = Fixture()
    let x = f.input(1, 6, 24)
    let inverse = try f.apply(Divide(), number(&f, 1), root(&f, x, axis: 2))
    let y = try f.apply(Multiply(), f.apply(Multiply(), x, inverse), f.weights(24))
    #expect(try names(f.finish(y)) == ["RMSNormalization"])
  }

  @Test func meanOverAnotherAxisStays() throws {
    var f = Fixture()
    let x = f.input(1, 6, 24)
    let y = try f.apply(Divide(), x, root(&f, x, axis: 1))
    #expect(try !names(f.finish(y)).contains("RMSNormalization"))
  }

  @Test func squareOfAnotherStays() throws {
    var f = Fixture()
    let x = f.input(1, 6, 24)
    let y = try f.apply(Divide(), x, root(&f, f.apply(Tanh(), x), axis: 2))
    #expect(try !names(f.finish(y)).contains("RMSNormalization"))
  }

  /// Indices are constants too, but not a scale.
  @Test func sumOfAGatheredEntryStays() throws {
    var f = Fixture()
    let index = f.builder.constant(TensorData([], int64: [1]))
    let entry = try f.apply(Gather(axis: 0), f.input(3, 20), index)
    #expect(try names(f.finish(f.apply(Add(), entry, f.weights(20)))) == ["Gather", "Add"])
  }

  @Test(arguments: [true, false]) func layerNormalizationIsRecognised(hasBias: Bool) throws {
    var f = Fixture()
    let x = f.input(2, 3, 20)
    let centered = try f.apply(Subtract(), x, f.apply(Reduce(.mean, axes: 2...2), x))
    let normal = try f.apply(Divide(), centered, root(&f, centered, axis: 2))
    var y = try f.apply(Multiply(), normal, f.weights(1, 1, 20))
    if hasBias { y = try f.apply(Add(), f.weights(20), y) }
    #expect(try names(f.finish(y)) == ["LayerNormalization"])
  }

  /// The mean of something else does not center.
  @Test func otherMeansAreNoLayerNormalization() throws {
    var f = Fixture()
    let x = f.input(2, 3, 20)
    let mean = try f.apply(Reduce(.mean, axes: 2...2), f.apply(Tanh(), x))
    let shifted = try f.apply(Subtract(), x, mean)
    let y = try f.apply(Divide(), shifted, root(&f, shifted, axis: 2))
    let left = try names(f.finish(y))
    #expect(left.contains("RMSNormalization") && left.contains("Subtract"))
  }

  /// A scale for each row is none for each column.
  @Test func scalesOfRowsStay() throws {
    var f = Fixture()
    let x = f.input(1, 3, 20)
    let normal = try f.apply(Divide(), x, root(&f, x, axis: 2))
    let y = try f.apply(Multiply(), normal, f.weights(3, 1))
    #expect(try names(f.finish(y)) == ["RMSNormalization", "Multiply"])
  }
}
