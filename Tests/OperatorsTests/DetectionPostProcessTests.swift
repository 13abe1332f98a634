// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Non-maximum suppression where it is delicate: equal scores, empty boxes, NaN.
@Suite struct DetectionPostProcessTests {
  private let scales = DetectionPostProcess.Scales(y: 10, x: 10, height: 5, width: 5)

  private func operation(perClass: Int?) -> DetectionPostProcess {
    DetectionPostProcess(
      classes: 4, detections: 9, classesPerBox: 2, detectionsPerClass: perClass,
      scoreThreshold: 0.25, overlapThreshold: 0.4, scales: scales)
  }

  /// The output of a compiled program, and that of the reference.
  private func outputs(
    _ operation: DetectionPostProcess, codes: [Float], scores: [Float], anchors: [Float]
  ) throws -> (actual: [Double], expected: [Double]) {
    let boxes = anchors.count / 4
    var builder = GraphBuilder()
    let inputs = [
      TensorData([1, boxes, codes.count / boxes], float32: codes),
      TensorData([1, boxes, scores.count / boxes], float32: scores),
      TensorData([boxes, 4], float32: anchors),
    ]
    let values = inputs.enumerated().map { builder.input("x\($0)", $1.type) }
    builder.output("y", try builder.apply(operation, values))
    let graph = builder.finish()
    let program = try Program(copying: compile(graph, options: CompileOptions()).bytes)
    return (
      try run(program, inputs)[0].storedValues, graph.reference(inputs)[0].values
    )
  }

  /// Scores of 16 steps, so that most have equals; classes, scores and counts must be exact, edges
  /// good to a few roundings.
  @Test(arguments: [nil, 3]) func breaksTiesByOrder(perClass: Int?) throws {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<40 {
      let boxes = Int.random(in: 1...60, using: &random)
      let (actual, expected) = try outputs(
        operation(perClass: perClass),
        codes: (0..<boxes * 4).map { _ in Float.random(in: -6...6, using: &random) },
        scores: (0..<boxes * 5).map { _ in Float(Int.random(in: 0..<16, using: &random)) / 16 },
        anchors: (0..<boxes * 4).map { _ in Float.random(in: 0.1...0.7, using: &random) })
      let edges = 4 * 9 * 2
      #expect(Array(actual[edges...]) == Array(expected[edges...]))
      for (edge, expected) in zip(actual[..<edges], expected) {
        #expect(abs(edge - expected) <= 0x1p-20)
      }
    }
  }

  /// A box of negative size covers nothing, and a score that is not a number is never taken.
  @Test func emptyBoxesAndNaN() throws {
    let anchors: [Float] = [0.5, 0.5, 0.4, 0.4, 0.5, 0.5, -0.4, 0.4, 0.5, 0.5, 0.4, 0.4]
    let scores: [Float] = [
      0, 0.5, .nan, 0.1, 0.1,
      0, 0.9, 0.9, 0.1, .nan,
      0, .nan, .nan, .nan, .nan,
    ]
    let (actual, _) = try outputs(
      operation(perClass: nil), codes: [Float](repeating: 0, count: 12), scores: scores,
      anchors: anchors)
    let (edges, entries) = (4 * 18, 18)
    #expect(actual[edges + 2 * entries] == 2)
    // Two classes each: the second of box 1 is the equal one behind, of box 0 the first of 0.1s.
    #expect(Array(actual[edges..<edges + 6]) == [0, 1, 0, 2, 0, 0])
    let written = actual[edges + entries..<edges + entries + 6].map { Float($0) }
    #expect(written == [0.9, 0.9, 0.5, 0.1, 0, 0])
  }

  /// Encodings that overflow make no box that suppresses others, and none traps.
  @Test func infiniteBoxes() throws {
    let (actual, _) = try outputs(
      operation(perClass: 4), codes: [Float](repeating: 3e38, count: 8),
      scores: [Float](repeating: 0.5, count: 10),
      anchors: [0.5, 0.5, 0.4, 0.4, 0.5, 0.5, 3e38, 3e38])
    #expect(actual.last == 8)
  }
}
