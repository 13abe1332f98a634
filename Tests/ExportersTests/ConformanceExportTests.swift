// SPDX-License-Identifier: Apache-2.0
import Exporters
import Foundation
import Graph
import Importers
import Operators
import TensorCore
import TensorFiles
import TestSupport
import Testing

/// The node tests of the `onnx` package, imported and written again, in ONNX Runtime.
@Suite(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
struct ConformanceExportTests {
  /// Tests whose expected values ONNX Runtime contradicts, as we do: see `ONNXConformanceTests`.
  static let disputed: Set = ["test_resize_downsample_scales_linear_align_corners"]

  @Test func nodesMeanTheSameWhenWrittenAgain() throws {
    try withTemporaryFolder { folder in
      let operators = Catalogue.spellingKeys.compactMap { key in
        if case .onnx(let name) = key { name } else { nil }
      }
      try PythonTools.run("conformance", [folder.path] + operators.sorted())
      var names: [String] = []
      var runs: [ONNXRun] = []
      var expected: [[TensorData]] = []
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
        let path = folder.appending(path: name)
        // What the importer refuses is the matter of `ONNXConformanceTests`.
        guard !Self.disputed.contains(name),
          let graph = try? importModel(readFile(path.appending(path: "model.onnx").path))
        else { continue }
        names.append(name)
        runs.append(ONNXRun(model: try exportONNX(graph), inputs: try tensors("input", in: path)))
        expected.append(Array(try tensors("output", in: path).prefix(graph.outputs.count)))
      }
      #expect(runs.count > 200, "the package has shrunk, or the importer refuses too much")
      for (index, result) in try runInONNXRuntime(runs).enumerated() {
        switch result {
        case .success(let outputs): compare(outputs, expected[index], names[index])
        case .failure(let refusal): Issue.record("\(names[index]): \(refusal.text)")
        }
      }
    }
  }

  private func tensors(_ kind: String, in folder: URL) throws -> [TensorData] {
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    return try (0..<files.count { $0.hasPrefix(kind) }).map { number in
      try readNPY(readFile(folder.appending(path: "\(kind)_\(number).npy").path))
    }
  }

  /// Compares with the tolerance that the suite itself sets: 10⁻⁷ + 10⁻³ of the expected value.
  private func compare(_ actual: [TensorData], _ expected: [TensorData], _ name: String) {
    #expect(actual.map(\.type) == expected.map(\.type), "\(name)")
    for (actual, expected) in zip(actual, expected) {
      let isNear = zip(actual.storedValues, expected.storedValues).allSatisfy { value, expected in
        value == expected || (value.isNaN && expected.isNaN)
          || abs(value - expected) <= 1e-7 + 1e-3 * abs(expected)
      }
      #expect(isNear, "\(name)")
    }
  }
}
