// SPDX-License-Identifier: Apache-2.0
import Foundation

/// One finished run of the command line.
struct Invocation {
  let exitCode: Int32
  let output: String
  let errors: String

  /// Runs the `thimble`, or another `tool`, that was built beside these tests, with `environment`
  /// added to that of this process, in a shell that first runs `prelude`.
  init(
    _ arguments: [String], tool: String = "thimble", environment: [String: String] = [:],
    prelude: String = ""
  ) throws {
    // Files, not pipes: a pipe that nobody reads blocks the process when it is full.
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "\(prelude)exec \"$0\" \"$@\"", Self.products + tool] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = try folder.create("output")
    process.standardError = try folder.create("errors")
    try process.run()
    process.waitUntilExit()
    // A crash is no exit code that the command line documents.
    exitCode = process.terminationReason == .exit ? process.terminationStatus : -1
    output = String(decoding: try folder.read("output"), as: UTF8.self)
    errors = String(decoding: try folder.read("errors"), as: UTF8.self)
  }

  /// The build puts its products into the folder of the test bundle, which runs these tests.
  private static let products =
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/"

  /// The JSON object on the last line of the output.
  func json() throws -> [String: Any] {
    let line = output.split(separator: "\n").last ?? ""
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
    guard let object = object as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    return object
  }
}

/// Runs the command line; see `Invocation`.
func thimble(_ arguments: String..., environment: [String: String] = [:]) throws -> Invocation {
  try Invocation(arguments, environment: environment)
}
