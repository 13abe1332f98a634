// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

@Suite struct GraphBuilderTests {
  private let quantization = QuantizationParameters(scale: 0.5, zeroPoint: 3)

  /// `y = clamp(x + x)` in int8.
  private func quantizedGraph() throws -> Graph {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.int8, [1, 4], quantization: quantization))
    let sum = try builder.apply(Add(), [x, x], quantization: quantization, name: "sum")
    builder.output("y", try builder.apply(Reshape(shape: [4]), [sum], name: "flat"))
    return builder.finish()
  }

  @Test func typesAreInferred() throws {
    let graph = try quantizedGraph()
    try graph.verify()
    #expect(
      graph.type(of: graph.outputs[0].value) == TensorType(.int8, [4], quantization: quantization))
    #expect(graph.nodes.map(\.name) == ["sum", "flat"])
  }

  @Test func aNodeThatDoesNotFitIsRefused() {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2, 3]))
    #expect(throws: OperatorError.inputCount(expected: 2...2, actual: 1)) {
      _ = try builder.apply(Add(), [x])
    }
    #expect(throws: OperatorError.elementCount(input: 0, expected: 5, actual: 6)) {
      _ = try builder.apply(Reshape(shape: [5]), [x])
    }
  }

  @Test func producersAndConsumersAreKnown() throws {
    let graph = try quantizedGraph()
    let (x, sum) = (graph.inputs[0].value, graph.nodes[0].outputs[0])
    #expect(graph.producer(of: x) == nil)
    #expect(graph.producer(of: sum) == 0)
    #expect(graph.consumers[x.id] == [0])
    #expect(graph.consumers[sum.id] == [1])
  }

  @Test func rewritingWithoutChangesCopies() throws {
    let graph = try quantizedGraph()
    let copy = try graph.rewritten { _, _, _ in nil }
    #expect(copy.description == graph.description)
  }

  @Test func rewritingReplacesAndDropsDeadNodes() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [4]))
    let unused = builder.input("unused", TensorType(.float32, [2]))
    _ = try builder.apply(Clamp(range: .relu), [unused], name: "dead")
    let y = try builder.apply(Clamp(range: .relu), [x], name: "live")
    builder.output("y", y)
    let graph = try builder.finish().rewritten { (node, inputs, builder) throws(OperatorError) in
      #expect(node.name == "live")
      return try builder.add(Clamp(range: .relu6), inputs, name: "new")
    }
    try graph.verify()
    #expect(graph.nodes.map(\.name) == ["new"])
    #expect(graph.inputs.map(\.name) == ["x", "unused"])
  }

  @Test func referenceRunsInRealNumbersAndRounds() throws {
    let graph = try quantizedGraph()
    // Stored 3, 4, 5, 127 are 0, 0.5, 1, 62; twice 62 saturates at 62.
    let x = TensorData([1, 4], int8: [3, 4, 5, 127], quantization: quantization)
    #expect(graph.reference([x])[0].values == [0, 1, 2, 62])
  }
}
