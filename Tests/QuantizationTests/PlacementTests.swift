// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import Quantization
import TensorCore
import TestSupport
import Testing

struct PlacementTests {
  private let row = TensorType(.float32, Shape([2, 4]))

  private func dense(
    _ x: Value, _ name: String, _ builder: inout GraphBuilder
  ) throws -> Value {
    let weights = builder.constant(
      TensorData(Shape([4, 4]), float32: (0..<16).map { Float($0) / 16 }))
    return try builder.apply(FullyConnected(), [x, weights], name: name)
  }

  private func integers(_ graph: Graph, excluding names: Set<String> = []) -> Set<String> {
    let excluded = graph.nodes.indices.filter { names.contains(graph.nodes[$0].name) }
    let placement = Placement(graph, excluding: Set(excluded))
    return Set(graph.nodes.indices.filter { placement.isInteger[$0] }.map { graph.nodes[$0].name })
  }

  @Test("a residual that a float normalisation reads is added in float")
  func residuals() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", row)
    let first = try dense(x, "first", &builder)
    let sum = try builder.apply(Add(), [x, first], name: "sum")
    let ones = builder.constant(TensorData(Shape([4]), float32: [1, 1, 1, 1]))
    let normal = try builder.apply(
      LayerNormalization(epsilon: 1e-5), [sum, ones], name: "normal")
    let inner = try builder.apply(
      Add(), [normal, try dense(normal, "second", &builder)], name: "inner")
    builder.output("y", try dense(inner, "third", &builder))
    #expect(integers(builder.finish()) == ["first", "second", "inner", "third"])
  }

  @Test("a function of a float value, and one that a model ends in, are not rounded")
  func functions() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", row)
    let first = try builder.apply(Sigmoid(), [try dense(x, "first", &builder)], name: "squash")
    let last = try builder.apply(Tanh(), [try dense(first, "second", &builder)], name: "last")
    builder.output("y", last)
    let graph = builder.finish()
    #expect(integers(graph) == ["first", "squash", "second"])
    #expect(integers(graph, excluding: ["first"]) == ["second"])
    #expect(integers(graph, excluding: ["first", "second"]).isEmpty)
  }

  @Test("a table that is looked up is kept in integers, whoever reads it")
  func tables() throws {
    var builder = GraphBuilder()
    let indices = builder.input("i", TensorType(.int64, Shape([2])))
    let table = builder.constant(
      TensorData(Shape([8, 4]), float32: (0..<32).map { Float($0) }))
    let rows = try builder.apply(Gather(axis: 0), [table, indices], name: "rows")
    let ones = builder.constant(TensorData(Shape([4]), float32: [1, 1, 1, 1]))
    builder.output(
      "y", try builder.apply(LayerNormalization(epsilon: 1e-5), [rows, ones], name: "normal"))
    #expect(integers(builder.finish()) == ["rows"])
  }
}
