// SPDX-License-Identifier: Apache-2.0
import Exporters
import Graph
import Importers
import Operators
import TensorCore
import TestSupport
import Testing

/// What a written file looks like, and what is refused.
struct ExportTests {
  /// The types of a file's nodes, in order.
  private func nodeTypes(_ graph: Graph) throws -> [String] {
    try ForeignModel(exportONNX(graph)).nodes.map(\.operatorName)
  }

  /// Three convolutions of channels-first images with elementwise operators between, as an ONNX
  /// model has them.
  private func channelsFirstNetwork() throws -> Graph {
    var builder = GraphBuilder()
    var x = builder.input("image", TensorType(.float32, [1, 4, 6, 6]))
    for _ in 0..<3 {
      x = try builder.apply(Transpose(permutation: [0, 2, 3, 1]), [x])
      let weights = builder.constant(TensorData([4, 1, 1, 4], float32: (0..<16).map { Float($0) }))
      let y = try builder.apply(Convolution(), [x, weights])
      x = try builder.apply(Transpose(permutation: [0, 3, 1, 2]), [y])
      let offset = builder.constant(TensorData([4, 1, 1], float32: [1, 2, 3, 4]))
      x = try builder.apply(Add(activation: .relu), [x, offset])
    }
    builder.output("result", x)
    return builder.finish()
  }

  @Test func channelsFirstNetworksHaveNoTransposes() throws {
    let types = try nodeTypes(channelsFirstNetwork())
    #expect(types == ["Conv", "Add", "Relu", "Conv", "Add", "Relu", "Conv", "Add", "Relu"])
  }

  @Test func channelsLastNetworksAreTransposedAtTheirEdges() throws {
    var builder = GraphBuilder()
    let x = builder.input("image", TensorType(.float32, [1, 6, 6, 4]))
    let weights = builder.constant(TensorData([3, 3, 4], float32: (0..<36).map { Float($0) }))
    let y = try builder.apply(DepthwiseConvolution(), [x, weights])
    let offset = builder.constant(TensorData([4], float32: [1, 2, 3, 4]))
    let z = try builder.apply(Add(), [try builder.apply(Sigmoid(), [y]), offset])
    let joined = try builder.apply(Concatenation(axis: 3), [z, y])
    let sum = try builder.apply(Reduce(.sum, axes: 1...2), [joined])
    builder.output("sum", sum)
    let types = try nodeTypes(builder.finish())
    #expect(
      types == [
        "Transpose", "Conv", "Sigmoid", "Add", "Concat", "ReduceSum", "Transpose",
      ])
  }

  @Test func integersStandBetweenPairs() throws {
    let types = try nodeTypes(SampleGraph(Convolution.sample("int8, 3x3, relu6")).graph)
    // The clamp at 6 is above the largest int8; that at 0 is not below the smallest.
    #expect(
      types == [
        "DequantizeLinear", "Transpose", "QuantizeLinear", "DequantizeLinear", "DequantizeLinear",
        "DequantizeLinear", "Conv", "Relu", "QuantizeLinear", "DequantizeLinear", "Transpose",
        "QuantizeLinear",
      ])
  }

  @Test func portsKeepTheirNamesWhateverTheyAre() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2]))
    let y = try builder.apply(Tanh(), [x], name: "x")
    let constant = builder.constant(TensorData([2], float32: [1, 2]), name: "y")
    builder.output("y", y)
    builder.output("again", y)
    builder.output("input", x)
    builder.output("constant", constant)
    let graph = builder.finish()
    let again = try importModel(exportONNX(graph))
    #expect(again.outputs.map(\.name) == ["y", "again", "input", "constant"])
    let inputs = [TensorData([2], float32: [0.5, -0.5])]
    expectSameReference(graph, again, on: inputs)
  }

  @Test func portsWithoutAPlaceAreRefused() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2]))
    let y = try builder.apply(Tanh(), [x])
    var (unnamed, taken) = (builder, builder)
    unnamed.output("", y)
    taken.output("x", y)
    #expect(throws: ExportError.unnamedPort) { try exportONNX(unnamed.finish()) }
    #expect(throws: ExportError.portNameTaken("x")) { try exportONNX(taken.finish()) }
  }

  /// Scales that a graph may state and that ONNX does not have.
  static let impossible = [
    QuantizationParameters(scale: .infinity, zeroPoint: 0),
    QuantizationParameters(scale: 0, zeroPoint: 0),
    QuantizationParameters(scale: 1, zeroPoint: 300),
    QuantizationParameters(axis: 7, scales: [1], zeroPoints: [0]),
    QuantizationParameters(axis: 0, scales: [1, 1, 1], zeroPoints: [0, 0, 0]),
  ]

  @Test(arguments: impossible) func impossibleScalesAreRefused(
    _ quantization: QuantizationParameters
  ) throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2]))
    builder.output("y", try builder.apply(Quantize(), [x], quantization: quantization))
    let graph = builder.finish()
    try graph.verify()
    #expect(throws: ExportError.self) { try exportONNX(graph) }
  }

  @Test func errorsNameTheNode() throws {
    let graph = try SampleGraph(DetectionPostProcess.samples[0]).graph
    #expect(throws: ExportError.unspellable(node: "node", operation: "DetectionPostProcess")) {
      try exportONNX(graph)
    }
  }
}
