// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Foundation
import Importers
import TensorFiles

/// Where a program comes from: its file, or a model compiled in memory.
enum ProgramSource {
  case file(path: String)
  case compiled(path: String, bytes: [UInt8])

  /// Compiles the file with the compiler's own choices unless it is a program already.
  ///
  /// `importOptions` hold for models; a program has its shapes.
  init(_ path: String, importOptions: ImportOptions = ImportOptions()) throws {
    if isProgram(path) {
      self = .file(path: path)
      return
    }
    let model = try readFile(path)
    var arguments = CompileOptions()
    arguments.sourceName = modelName(path)
    let program = try locating(path) {
      try compile(importModel(model, options: importOptions), options: arguments)
    }
    self = .compiled(path: path, bytes: program.bytes)
  }

  /// Whether the program is a file, which is mapped and takes no memory before it is used.
  var isFile: Bool {
    switch self {
    case .file: true
    case .compiled: false
    }
  }

  /// Loads and verifies the program; a file is mapped.
  func load() throws -> Program {
    switch self {
    case .file(let path): try locating(path) { try Program(path: path) }
    case .compiled(let path, let bytes): try locating(path) { try Program(copying: bytes) }
    }
  }
}

/// Whether a file starts as programs do, damaged or not; anything else is taken for a model.
func isProgram(_ path: String) -> Bool {
  let magic = Array("THIMBLE\0".utf8)
  let file = FileHandle(forReadingAtPath: path)
  return (try? file?.read(upToCount: magic.count)).map(Array.init) == magic
}

/// The last component of a model's path: a program does not depend on the folder it was compiled
/// in.
func modelName(_ path: String) -> String { URL(filePath: path).lastPathComponent }
