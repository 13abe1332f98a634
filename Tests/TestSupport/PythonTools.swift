// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles
import Testing

/// The project's Python tools, run by the environment that `tools/setup test` makes.
package enum PythonTools {
  /// The folder that holds `Package.swift`.
  package static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static let interpreter = repository.appending(path: ".venv/bin/python")

  package static let skipMessage: Comment = "run tools/setup test first"

  package static var isAvailable: Bool {
    FileManager.default.isExecutableFile(atPath: interpreter.path)
  }

  /// Runs `tools/<name>` and returns what it printed.
  ///
  /// - Throws: `PythonToolError.failed` with its output when it exits with another status than 0.
  @discardableResult
  package static func run(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = interpreter
    process.arguments = [repository.appending(path: "tools/\(name)").path] + arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let printed = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw PythonToolError.failed(tool: name, status: process.terminationStatus, printed: printed)
    }
    return printed
  }

  /// What the model's own runtime gives: ONNX Runtime for `.onnx`, LiteRT for `.tflite`.
  ///
  /// LiteRT with its reference kernels, or with the optimised ones.
  package static func oracle(
    model: URL, inputs: [(name: String, data: TensorData)], isOptimised: Bool = false,
    in folder: URL
  ) throws -> [String: TensorData] {
    var arguments = [model.path, folder.appending(path: "oracle.npz").path]
    if isOptimised { arguments.append("--optimised") }
    for (index, input) in inputs.enumerated() {
      let path = folder.appending(path: "oracle-input-\(index).npy").path
      try writeFileAtomically(path, writeNPY(input.data))
      arguments.append("\(input.name)=\(path)")
    }
    try run("oracle", arguments)
    let tensors = try readNPZ(readFile(arguments[1]))
    return Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor) })
  }
}

package enum PythonToolError: Error {
  case failed(tool: String, status: Int32, printed: String)
}

/// Calls the body with a new folder that is deleted afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}
