// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorFiles

/// Where results go: an `.npz` archive, or a folder with one `.npy` file for each output.
struct OutputWriter {
  /// The file of each output; the same for all when it is an archive.
  let paths: [String]
  /// The folder to make, or `nil` for an archive.
  private let folder: String?

  /// Chooses the files for outputs of some names; nothing is written yet.
  ///
  /// - Throws: `CommandError.outputNameClash`.
  init(_ destination: String, names: [String]) throws(CommandError) {
    if destination.hasSuffix(".npz") {
      folder = nil
      paths = names.map { _ in destination }
      return
    }
    folder = destination
    // A name cannot lead out of the folder.
    paths = names.map { "\(destination)/\($0.replacing("/", with: "_")).npy" }
    var taken: Set<String> = []
    for path in paths where !taken.insert(path).inserted {
      throw .outputNameClash(file: path)
    }
  }

  /// Writes every output; the folder is made where there is none.
  func write(_ outputs: [NamedTensor]) throws {
    guard let folder else {
      if let path = paths.first { try writeFileAtomically(path, writeNPZ(outputs)) }
      return
    }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError.folder(path: folder, reason: error.localizedDescription)
    }
    for (path, output) in zip(paths, outputs) {
      try writeFileAtomically(path, writeNPY(output.tensor))
    }
  }
}
