// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import TestSupport

/// A model to run in ONNX Runtime.
struct ONNXRun {
  let model: [UInt8]
  let inputs: [TensorData]
}

/// What ONNX Runtime makes of models; the checker of the `onnx` package sees them first.
///
/// - Returns: for each run its outputs, in the model's order, or what the tools say against it.
/// - Throws: `PythonToolError`, and what reading and writing files throw.
func runInONNXRuntime(_ runs: [ONNXRun]) throws -> [Result<[TensorData], ONNXRefusal>] {
  try withTemporaryFolder { root in
    let folders = runs.indices.map { root.appending(path: String(format: "%04d", $0)) }
    for (run, folder) in zip(runs, folders) {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try writeFileAtomically(folder.appending(path: "model.onnx").path, run.model)
      for (number, input) in run.inputs.enumerated() {
        let path = folder.appending(path: "input_\(number).npy").path
        try writeFileAtomically(path, writeNPY(input))
      }
    }
    try PythonTools.run("run-onnx", [root.path])
    return try folders.map { folder in
      let error = folder.appending(path: "error.txt")
      if FileManager.default.fileExists(atPath: error.path) {
        return .failure(ONNXRefusal(text: try String(contentsOf: error, encoding: .utf8)))
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      return .success(
        try (0..<files.count { $0.hasPrefix("output") }).map { number in
          try readNPY(readFile(folder.appending(path: "output_\(number).npy").path))
        })
    }
  }
}

/// Why a model does not run in ONNX Runtime.
struct ONNXRefusal: Error {
  let text: String
}
