// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A Python interpreter that has the reference runtimes.
struct PythonEnvironment {
  /// The interpreter.
  let interpreter: String

  /// Finds the interpreter: the one that is named, or that `THIMBLE_PYTHON` names, or that
  /// `tools/setup test` made in this folder or beside the build of this executable, or `python3`.
  init(named name: String?) {
    let named = name ?? ProcessInfo.processInfo.environment["THIMBLE_PYTHON"]
    let executable = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    // .build/<triple>/<configuration>/thimble
    let folders = [URL(filePath: "."), executable.ancestor(4), executable.ancestor(3)]
    let made = folders.map { $0.appending(path: ".venv/bin/python").path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    interpreter = named ?? made ?? "python3"
  }

  /// Runs a script, given as its text.
  ///
  /// - Throws: `CommandError.peerMissing`, `.peerFailed` with the last line of what it said.
  func run(_ script: [UInt8], _ arguments: [String], in folder: URL) throws {
    let path = folder.appending(path: "script.py")
    let log = folder.appending(path: "log.txt")
    try Data(script).write(to: path)
    try Data().write(to: log)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [interpreter, path.path] + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    process.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    let lastLine = said.split(separator: "\n").last.map(String.init) ?? ""
    switch process.terminationStatus {
    case 0: return
    case 3: throw CommandError.peerMissing(python: interpreter, missing: lastLine)
    // What env says of a command that it does not find.
    case 126, 127: throw CommandError.peerMissing(python: interpreter, missing: interpreter)
    default: throw CommandError.peerFailed(lastLine)
    }
  }
}

extension URL {
  fileprivate func ancestor(_ count: Int) -> URL {
    (0..<count).reduce(self) { url, _ in url.deletingLastPathComponent() }
  }
}
