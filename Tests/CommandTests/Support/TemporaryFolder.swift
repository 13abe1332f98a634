// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorCore
import TensorFiles

/// A folder that goes with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "thimble-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder, whether it exists or not.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Opens a new, empty file.
  func create(_ name: String) throws -> FileHandle {
    _ = try write(name, [])
    return try FileHandle(forWritingTo: URL(filePath: file(name)))
  }

  func read(_ name: String) throws -> [UInt8] { try readFile(file(name)) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try writeFileAtomically(file(name), bytes)
    return file(name)
  }

  /// Writes an `.npy` file and returns its path.
  func write(_ name: String, _ shape: Shape, _ values: [Float]) throws -> String {
    try write(name, writeNPY(TensorData(shape, float32: values)))
  }

  /// Compiles a model into the folder and returns the program's path.
  func compile(_ model: [UInt8], _ name: String = "program.thimble") throws -> String {
    let source = try write("\(name).onnx", model)
    let result = try thimble("compile", source, "-o", file(name))
    guard result.exitCode == 0 else { throw CompileFailure(message: result.errors) }
    return file(name)
  }

  /// The names of what is in the folder, sorted.
  var contents: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// A model of these tests did not compile.
struct CompileFailure: Error {
  let message: String
}
