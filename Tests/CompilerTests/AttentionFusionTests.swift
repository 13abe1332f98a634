// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct AttentionFusionTests {
  /// Attention written out, with what a test changes of it.
  private struct Written {
    var maskShape: [Int]?
    var maskValues: [Float]?
    var softmax = Softmax()
    var keyPermutation = [0, 2, 3, 1]
    var scalesKeys = false

    /// x `[batch, rows, 4·8]` attends to itself with 4 heads.
    func graph() throws -> Graph {
      var f = Fixture()
      let (batch, rows, heads, depth) = (2, 7, 4, 8)
      let x = f.input(batch, rows, heads * depth)
      func split(_ value: Value, _ permutation: [Int]) throws -> Value {
        let image = try f.apply(Reshape(shape: Shape([batch, rows, heads, depth])), value)
        return try f.apply(Transpose(permutation: permutation), image)
      }
      func dense() throws -> Value {
        try f.apply(FullyConnected(), x, f.weights(heads * depth, heads * depth, in: -0.3...0.3))
      }
      let q = try split(dense(), [0, 2, 1, 3])
      var k = try split(dense(), keyPermutation)
      let v = try split(dense(), [0, 2, 1, 3])
      let factor = f.builder.constant(TensorData([], float32: [0.35]))
      if scalesKeys { k = try f.apply(Multiply(), k, factor) }
      var scores = try f.apply(Multiply(), f.apply(MatMul(), q, k), factor)
      if let maskShape {
        let mask =
          maskValues.map { f.builder.constant(TensorData(Shape(maskShape), float32: $0)) }
          ?? f.builder.constant(
            TensorData(
              Shape(maskShape),
              float32: (0..<maskShape.reduce(1, *)).map { Float($0 % 5) / 4 }))
        scores = try f.apply(Add(), scores, mask)
      }
      let y = try f.apply(MatMul(), f.apply(softmax, scores), v)
      let joined = try f.apply(Transpose(permutation: [0, 2, 1, 3]), y)
      let rowsAgain = try f.apply(Reshape(shape: Shape([batch, rows, heads * depth])), joined)
      return try f.finish(rowsAgain)
    }
  }

  private func fused(
    _ written: Written, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Graph {
    let graph = try written.graph()
    try checkThreeForms(graph, randomInputs(of: graph), sourceLocation: sourceLocation)
    return try rewrite(
      graph, by: .attentionFusion, .attentionLayout, relative: roundedOnce,
      sourceLocation: sourceLocation)
  }

  @Test func attentionTakesItsTransposesAlong() throws {
    let graph = try fused(Written(maskShape: [2, 1, 1, 7]))
    #expect(!graph.operatorNames.contains("Transpose"))
    let attention = try #require(graph.nodes.compactMap { $0.operation as? Attention }.first)
    #expect(attention.rowsFirst == [.query, .key, .value, .output])
    #expect(attention.scale == 0.35)
    #expect(graph.operatorNames.contains("Attention") && !graph.operatorNames.contains("MatMul"))
  }

  @Test func scalesOfOperandsMultiply() throws {
    let graph = try fused(Written(scalesKeys: true))
    let attention = try #require(graph.nodes.compactMap { $0.operation as? Attention }.first)
    #expect(abs(attention.scale - 0.1225) < 1e-6)
  }

  @Test func causalMasksBecomeAFlag() throws {
    var values = (0..<49).map { $0 % 7 > $0 / 7 ? -Float.infinity : 0 }
    let causal = try fused(Written(maskShape: [7, 7], maskValues: values))
    let attention = try #require(causal.nodes.compactMap { $0.operation as? Attention }.first)
    #expect(attention.isCausal)
    values[7] = -1
    let other = try fused(Written(maskShape: [1, 1, 7, 7], maskValues: values))
    let masked = try #require(other.nodes.first { $0.operation is Attention })
    #expect(masked.inputs.count == 4)
  }

  @Test func nearMissesStay() throws {
    #expect(try !fused(Written(softmax: Softmax(beta: 2))).operatorNames.contains("Attention"))
  }
}
