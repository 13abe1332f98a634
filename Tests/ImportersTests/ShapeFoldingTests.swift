// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import Operators
import TensorCore
import Testing

/// Sub-graphs that compute shapes: what spellings must know is known at import.
struct ShapeFoldingTests {
  /// An int64 constant, as the graph's field 5.
  private func int64s(_ name: String, _ values: [Int64], isScalar: Bool = false) -> [UInt8] {
    let extents = isScalar ? [] : ONNXWriter.number(1, values.count)
    let bytes = values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    return ONNXWriter.block(
      5, extents + ONNXWriter.number(2, 7) + ONNXWriter.text(8, name) + ONNXWriter.block(9, bytes))
  }

  /// An integer attribute, as a node's field 5.
  private func attribute(_ name: String, _ value: Int) -> [UInt8] {
    ONNXWriter.block(
      5, ONNXWriter.text(1, name) + ONNXWriter.number(3, value) + ONNXWriter.number(20, 2))
  }

  /// `reshape(x, [shape(x)[0], 2, −1])`, the way PyTorch exports it.
  @Test func shapesAreFollowed() throws {
    let graph =
      ONNXWriter.port(11, "x", ["batch", 3, 4]) + ONNXWriter.port(12, "y", ["batch", 2, 6])
      + int64s("zero", [0], isScalar: true) + int64s("axes", [0]) + int64s("two", [2])
      + int64s("rest", [-1])
      + ONNXWriter.node("Shape", ["x"], ["shape"])
      + ONNXWriter.node("Gather", ["shape", "zero"], ["count"], attributes: attribute("axis", 0))
      + ONNXWriter.node("Unsqueeze", ["count", "axes"], ["first"])
      + ONNXWriter.node(
        "Concat", ["first", "two", "rest"], ["target"], attributes: attribute("axis", 0))
      + ONNXWriter.node("Reshape", ["x", "target"], ["y"])
    let imported = try importModel(
      ONNXWriter.model(graph), options: ImportOptions(inputShapes: ["x": [5, 3, 4]]))
    #expect(imported.nodes.count == 1)
    #expect(imported.type(of: imported.outputs[0].value).shape == [5, 2, 6])
  }

  /// `start` and `end` count as a slice does.
  @Test(arguments: [(0, 99, [2, 3, 4]), (-2, 3, [3, 4]), (1, -1, [3]), (-9, 1, [2])])
  func partsOfAShape(_ start: Int, _ end: Int, _ expected: [Double]) throws {
    let graph =
      ONNXWriter.port(11, "x", [2, 3, 4]) + ONNXWriter.port(12, "y", [expected.count], dtype: 7)
      + ONNXWriter.node(
        "Shape", ["x"], ["y"], attributes: attribute("start", start) + attribute("end", end))
    let imported = try importModel(ONNXWriter.model(graph, opset: 15))
    #expect(imported.constant(imported.outputs[0].value)?.storedValues == expected)
  }

  /// A part of a shape may be empty, which no other tensor may.
  @Test func emptyPartsOfShapesAreLeftOut() throws {
    let graph =
      ONNXWriter.port(11, "x", [6]) + ONNXWriter.port(12, "y", [2, 3])
      + int64s("start", [0]) + int64s("end", [-1]) + int64s("tail", [2, 3])
      + ONNXWriter.node("Shape", ["x"], ["shape"])
      + ONNXWriter.node("Slice", ["shape", "start", "end"], ["head"])
      + ONNXWriter.node("Concat", ["head", "tail"], ["target"], attributes: attribute("axis", 0))
      + ONNXWriter.node("Reshape", ["x", "target"], ["y"])
    let imported = try importModel(ONNXWriter.model(graph))
    #expect(imported.type(of: imported.outputs[0].value).shape == [2, 3])
  }

  /// A shape that depends on the input's numbers is refused, where it is read.
  @Test func unknownShapesAreLocated() throws {
    let graph =
      ONNXWriter.port(11, "x", [4]) + ONNXWriter.port(12, "y", [2, 2])
      + ONNXWriter.node("Cast", ["x"], ["target"], attributes: attribute("to", 7))
      + ONNXWriter.node("Reshape", ["x", "target"], ["y"])
    guard case .node(let location, .refused(let error)) = importError(ONNXWriter.model(graph))
    else {
      Issue.record("imported, or refused for another reason")
      return
    }
    #expect(location.operatorName == "Reshape")
    #expect(error == .inputNotConstant(input: 1))
  }

  /// Each node doubles the last: a kilobyte must not fill the memory.
  @Test func foldingStopsAtWhatTheFileJustifies() throws {
    let doublings = 40
    var graph =
      ONNXWriter.port(11, "x", [4]) + ONNXWriter.port(12, "y", [4]) + int64s("v0", [1, 1])
    for index in 0..<doublings {
      graph += ONNXWriter.node(
        "Concat", ["v\(index)", "v\(index)"], ["v\(index + 1)"], attributes: attribute("axis", 0))
    }
    graph += ONNXWriter.node("Reshape", ["x", "v\(doublings)"], ["y"])
    #expect(importError(ONNXWriter.model(graph)) != nil)
  }

  @Test func rangesAreBounded() throws {
    func model(limit: Int64) -> [UInt8] {
      ONNXWriter.model(
        ONNXWriter.port(11, "x", [4]) + ONNXWriter.port(12, "y", [4])
          + int64s("start", [0], isScalar: true) + int64s("limit", [limit], isScalar: true)
          + int64s("step", [1], isScalar: true)
          + ONNXWriter.node("Range", ["start", "limit", "step"], ["r"])
          + ONNXWriter.node("Gather", ["x", "r"], ["y"]))
    }
    let imported = try importModel(model(limit: 4))
    let x = TensorData([4], float32: [1, 2, 3, 4])
    #expect(imported.reference([x])[0].values == [1, 2, 3, 4])
    for limit in [1 << 24, .max] as [Int64] {
      guard case .node(_, .refused(.tooLarge)) = importError(model(limit: limit)) else {
        Issue.record("a range to \(limit) was not refused")
        continue
      }
    }
  }
}
