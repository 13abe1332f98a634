// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import Engine
import Graph
import Importers
import TensorCore
import TensorFiles

/// `NAME=FILE` or `NAME=SHAPE`: what an input holds, or only how large it is.
enum InputArgument: ExpressibleByArgument {
  case shape(NamedShape)
  case file(NamedFile)

  init?(argument: String) {
    if let shape = NamedShape(argument: argument) {
      self = .shape(shape)
    } else if let file = NamedFile(argument: argument) {
      self = .file(file)
    } else {
      return nil
    }
  }
}

/// The inputs that both sides are run on.
struct CompareInputs {
  let arguments: [InputArgument]
  let seed: UInt64

  private var files: [NamedFile] {
    arguments.compactMap { if case .file(let file) = $0 { file } else { nil } }
  }

  /// The shapes that are given, by themselves or by an array.
  func importOptions() throws -> ImportOptions {
    var options = ImportOptions()
    for argument in arguments {
      switch argument {
      case .shape(let shape):
        guard options.inputShapes.updateValue(shape.shape, forKey: shape.name) == nil else {
          throw CommandError.duplicateInput(name: shape.name)
        }
      case .file(let file):
        let bytes = try readFile(file.path)
        guard let array = try? readNPY(bytes) else { continue }
        options.inputShapes[file.name] = array.type.shape
      }
    }
    return options
  }

  /// The contents of each port: the given file's, or random numbers.
  ///
  /// Floats are uniform from -1 to 1, quantised integers from all of their type, other integers 0
  /// or 1: indices of any table, flags of any mask.
  func tensors(for ports: [Port]) throws -> [TensorData] {
    for file in files where !ports.contains(where: { $0.name == file.name }) {
      throw CommandError.unknownInput(name: file.name, known: ports.map(\.name))
    }
    let given = ports.filter { port in files.contains { $0.name == port.name } }
    let read = try readInputs(files, for: given)
    let contents = Dictionary(uniqueKeysWithValues: zip(given.map(\.name), read))
    var generator = SplitMix64(seed: seed)
    return ports.map { contents[$0.name] ?? random($0.type, &generator) }
  }

  private func random(_ type: TensorType, _ generator: inout SplitMix64) -> TensorData {
    let count = type.shape.elementCount
    let isByte = type.dtype.byteCount == 1 && type.dtype != .bool
    if isByte, type.quantization != nil || type.dtype == .uint8 {
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      return TensorData(type, bytes: bytes)
    }
    let values = (0..<count).map { _ in
      type.dtype.isFloat
        ? Double.random(in: -1...1, using: &generator)
        : Double(Int.random(in: 0...1, using: &generator))
    }
    guard let data = ReferenceTensor(type.shape, values).stored(as: type) else {
      preconditionFailure("numbers of this size fit every type of a port")
    }
    return data
  }
}
