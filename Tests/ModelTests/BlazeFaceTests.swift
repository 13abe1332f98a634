// SPDX-License-Identifier: Apache-2.0
import Foundation
import Importers
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// The demo's model: float32 arithmetic on float16 weights.
struct BlazeFaceTests {
  static let model = PythonTools.repository.appending(
    path: ".venv/share/face_detection_short_range.tflite")

  static var isAvailable: Bool {
    PythonTools.isAvailable && FileManager.default.fileExists(atPath: model.path)
  }

  /// Random input exercises every anchor; 1e-4 of the largest magnitude as for the golden models.
  @Test(.enabled(if: isAvailable, "run tools/setup test demo first"))
  func agreesWithLiteRT() throws {
    let bytes = try readFile(Self.model.path)
    let graph = try importModel(bytes, options: ImportOptions())
    let input = randomInputs(of: graph, seed: 7)
    let outputs = try checkThreeForms(graph, input)
    let expected = try withTemporaryFolder { folder in
      try PythonTools.oracle(
        model: Self.model, inputs: [(graph.inputs[0].name, input[0])], in: folder)
    }
    for (port, output) in zip(graph.outputs, outputs) {
      let oracle = try #require(expected[port.name]).storedValues
      let magnitude = oracle.reduce(0) { max($0, abs($1)) }
      let difference = zip(output.storedValues, oracle).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(difference <= 1e-4 * magnitude, "\(port.name), largest magnitude \(magnitude)")
    }
  }
}
