// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Importers
import TensorCore

/// The model files beside these tests; `tools/make-import-fixtures` and
/// `tools/make-hostile-models` write them.
enum ModelFiles {
  static let fixtures = [
    "classifier.onnx", "old_and_unsorted.onnx", "classifier_float.tflite",
    "classifier_int8.tflite", "operators.onnx", "operators.tflite", "classifier_uint8.tflite",
    "quantized.onnx", "detector.tflite",
  ]

  static func fixture(_ name: String) throws -> [UInt8] {
    try bytes("Fixtures/\(name)")
  }

  static func hostile(_ name: String) throws -> [UInt8] {
    try bytes("Hostile/\(name)")
  }

  /// The names of all hostile files.
  static func hostileNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Hostile").path)
      .filter { $0.hasSuffix(".onnx") || $0.hasSuffix(".tflite") }
      .sorted()
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: path)))
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
}

/// What `expected.json` says of a fixture.
struct ExpectedModel: Decodable {
  struct Tensor: Decodable, Equatable {
    let dtype: String
    let shape: [Int]
    let values: [Double]

    /// The tensor as stored.
    var data: TensorData {
      let shape = Shape(shape)
      return switch dtype {
      case "int8": TensorData(shape, int8: values.map { Int8($0) })
      case "uint8": TensorData(TensorType(.uint8, shape), bytes: values.map { UInt8($0) })
      case "int32": TensorData(shape, int32: values.map { Int32($0) })
      default: TensorData(shape, float32: values.map { Float($0) })
      }
    }
  }

  /// What the `onnx` package reads in the file.
  struct Digest: Decodable {
    struct Node: Decodable {
      let `operator`: String
      let name: String
      let inputs: [String]
      let outputs: [String]
      let attributes: [String: Attribute]
    }

    enum Attribute: Decodable {
      case number(Double)
      case numbers([Double])
      case string(String)
      case tensor(Tensor)

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else if let numbers = try? container.decode([Double].self) {
          self = .numbers(numbers)
        } else if let string = try? container.decode(String.self) {
          self = .string(string)
        } else {
          self = .tensor(try container.decode(Tensor.self))
        }
      }
    }

    let constants: [String: Tensor]
    let nodes: [Node]
  }

  let inputs: [String: Tensor]
  let outputs: [String: Tensor]
  let digest: Digest?

  static func all() throws -> [String: ExpectedModel] {
    try JSONDecoder().decode(
      [String: ExpectedModel].self, from: Data(ModelFiles.bytes("Fixtures/expected.json")))
  }
}

/// Calls the importer and returns its error; `nil` when it succeeds.
func importError(_ bytes: [UInt8], options: ImportOptions = ImportOptions()) -> ImportError? {
  do throws(ImportError) {
    _ = try importModel(bytes, options: options)
    return nil
  } catch {
    return error
  }
}
