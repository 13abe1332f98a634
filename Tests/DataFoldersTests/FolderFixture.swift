// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Foundation
import TensorCore
import TensorFiles
import Testing

/// A folder of samples that goes with its last reference.
final class FolderFixture {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "thimble-\(UUID())").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let file = URL(filePath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  func write(_ name: String, _ tensor: TensorData) throws { try write(name, writeNPY(tensor)) }

  /// Writes a picture of one grey level.
  func picture(_ name: String, width: Int = 2, height: Int = 2, grey: UInt8 = 0) throws {
    let samples = [UInt8](repeating: grey, count: 3 * width * height)
    try write(name, writePNG(Image(width: width, height: height, samples: samples)))
  }

  func open(_ inputs: InputPort...) throws(DataFolderError) -> DataFolder {
    try DataFolder(path, inputs: inputs)
  }

  /// The message of the error that opening the folder, or reading all its samples, ends with.
  func message(_ inputs: InputPort..., truth: Truth.Kind? = nil) throws -> String {
    let error = #expect(throws: DataFolderError.self) {
      let folder = try DataFolder(path, inputs: inputs)
      for index in 0..<folder.count {
        _ = try folder.sample(index, truth: truth ?? folder.kinds.first ?? .label)
      }
    }
    return try #require(error).description.replacingOccurrences(of: path, with: "DATA")
  }
}

extension InputPort {
  /// An input of a picture of 2 x 2 pixels.
  static let picture = InputPort(name: "image", type: TensorType(.float32, [1, 2, 2, 3]))

  /// An input of three numbers.
  static let vector = InputPort(name: "x", type: TensorType(.float32, [1, 3]))
}
