// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Importers
import TensorCore
import Testing

/// The face detector of the demo: BlazeFace, float16 weights behind DEQUANTIZE.
struct DemoModelTests {
  /// Where `tools/setup demo` puts it.
  static let model = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: ".venv/share/face_detection_short_range.tflite")

  static let isAvailable = FileManager.default.fileExists(atPath: model.path)

  @Test(.enabled(if: isAvailable, "run tools/setup demo to have the face detector"))
  func keepsItsPorts() throws {
    let graph = try importModel(Array(Data(contentsOf: Self.model)))
    #expect(graph.inputs.map(\.name) == ["input"])
    #expect(graph.type(of: graph.inputs[0].value) == TensorType(.float32, [1, 128, 128, 3]))
    #expect(graph.outputs.map(\.name) == ["regressors", "classificators"])
    #expect(graph.outputs.map { graph.type(of: $0.value).shape } == [[1, 896, 16], [1, 896, 1]])
  }
}
