// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Engine
import TensorCore
import TensorFiles

/// Reads one file for each port, in the order of the ports.
///
/// - Throws: `CommandError` when names are unknown, given twice or missing, before any file is
///   read; then the first file's error.
func readInputs(_ files: [NamedFile], for ports: [Port]) throws -> [TensorData] {
  var paths: [String: String] = [:]
  for file in files {
    guard ports.contains(where: { $0.name == file.name }) else {
      throw CommandError.unknownInput(name: file.name, known: ports.map(\.name))
    }
    guard paths.updateValue(file.path, forKey: file.name) == nil else {
      throw CommandError.duplicateInput(name: file.name)
    }
  }
  let missing = ports.map(\.name).filter { paths[$0] == nil }
  guard missing.isEmpty else { throw CommandError.missingInputs(missing) }
  return try ports.map { port in try readInput(paths[port.name] ?? "", for: port) }
}

/// Reads an `.npy` file of the port's dtype and shape, or an image of its height and width.
private func readInput(_ path: String, for port: Port) throws -> TensorData {
  let bytes = try readFile(path)
  if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
    let array = try locating(path) { try readNPY(bytes) }
    guard array.type.dtype == port.type.dtype, array.type.shape == port.type.shape else {
      throw CommandError.inputType(
        name: port.name, path: path, expected: port.type, found: array.type)
    }
    return array.reinterpreted(as: port.type)
  }
  let image = try locating(path) { try readImage(bytes) }
  guard let input = ImageInput(port.type) else {
    throw CommandError.notAnImage(name: port.name, path: path, expected: port.type)
  }
  let expected = CommandError.Extent(height: input.height, width: input.width)
  let found = CommandError.Extent(height: image.height, width: image.width)
  guard expected == found else {
    throw CommandError.imageSize(name: port.name, path: path, expected: expected, found: found)
  }
  return input.tensor(of: image)
}
