// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import Testing

/// Inputs with free dimensions, the order of nodes, and nodes that are only structure.
struct ForeignModelTests {
  private func relu(_ extents: [any Sendable]) -> [UInt8] {
    ONNXWriter.model(
      ONNXWriter.node("Relu", ["x"], ["y"]) + ONNXWriter.port(11, "x", extents)
        + ONNXWriter.port(12, "y", extents))
  }

  @Test(arguments: ["N", "batch", "batch_size", ""])
  func freeBatchBecomesOne(symbol: String) throws {
    let graph = try importModel(relu([symbol, 4]))
    #expect(graph.type(of: graph.inputs[0].value).shape == [1, 4])
  }

  @Test func otherFreeDimensionsAreNamedTogether() throws {
    let error = try #require(importError(relu(["batch", "sequence", "width"])))
    let extents: [ForeignExtent] = [.free("batch"), .free("sequence"), .free("width")]
    #expect(
      error
        == .input(
          .freeDimensions([
            FreeDimension(input: "x", axis: 1, symbol: "sequence", extents: extents),
            FreeDimension(input: "x", axis: 2, symbol: "width", extents: extents),
          ])))
    #expect("\(error)".contains("--input x=batchxsequencexwidth"))
  }

  @Test func leadingDimensionThatIsNoBatchIsAnError() {
    #expect(importError(relu(["sequence", 4])) != nil)
    let shapes = ImportOptions(inputShapes: ["x": [7, 4]])
    #expect(importError(relu(["sequence", 4]), options: shapes) == nil)
  }

  @Test(arguments: [6, 22])
  func opsetsOutsideTheRangeAreRefused(opset: Int) {
    let model = ONNXWriter.model(
      ONNXWriter.node("Relu", ["x"], ["y"]) + ONNXWriter.port(11, "x", [1])
        + ONNXWriter.port(12, "y", [1]), opset: opset)
    #expect(
      importError(model) == .unsupportedVersion(.onnxOpset, found: opset, supported: 7...21))
  }

  @Test func dropoutInTrainingModeIsRefused() {
    let yes = ONNXWriter.block(
      5, ONNXWriter.number(2, 9) + ONNXWriter.text(8, "yes") + ONNXWriter.block(9, [1]))
    let model = ONNXWriter.model(
      ONNXWriter.node("Dropout", ["x", "", "yes"], ["y"]) + yes + ONNXWriter.port(11, "x", [1])
        + ONNXWriter.port(12, "y", [1]))
    #expect(
      importError(model)
        == .node(
          NodeLocation(name: "y", operatorName: "Dropout", byteOffset: 6),
          .refused(.attributeValue("training_mode", .int(1)))))
  }

  /// 100,000 nodes in reverse order: sorted without recursion, in linear time.
  @Test func sortsLongChains() throws {
    let count = 100_000
    var nodes: [UInt8] = []
    for index in (0..<count).reversed() {
      nodes += ONNXWriter.node("Identity", ["v\(index)"], ["v\(index + 1)"])
    }
    let graph = try importModel(
      ONNXWriter.model(
        nodes + ONNXWriter.port(11, "v0", [1]) + ONNXWriter.port(12, "v\(count)", [1])))
    #expect(graph.nodes.isEmpty)
    #expect(graph.outputs.map(\.value) == graph.inputs.map(\.value))
  }

  /// One large constant that every node reads must not be read for every node.
  @Test func sharedConstantIsNotReadWithoutEnd() {
    let nodes = (0..<2000).flatMap {
      ONNXWriter.node("Add", ["v\($0)", "big"], ["v\($0 + 1)"])
    }
    let extent = 1 << 19
    let big = ONNXWriter.constant("big", [extent], bytes: [UInt8](repeating: 0, count: 4 * extent))
    let model = ONNXWriter.model(
      nodes + big + ONNXWriter.port(11, "v0", [extent]) + ONNXWriter.port(12, "v2000", [extent]))
    guard case .malformed(.workLimit, _) = importError(model) else {
      Issue.record("a constant was read 2000 times")
      return
    }
  }
}
