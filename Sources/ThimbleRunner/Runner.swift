// SPDX-License-Identifier: Apache-2.0
import Engine

/// The executable that goes to a board: loads a program, runs it, measures it.
///
/// Exit codes: 0 done, 1 failed, 2 bad usage, 3 does not fit into memory.
@main
struct Runner {
  static func main() {
    let arguments = Array(SystemProcess.arguments.dropFirst())
    do throws(RunnerError) {
      try run(arguments)
    } catch {
      SystemProcess.write("thimble-runner: \(error.description)\n", to: .error)
      SystemProcess.exit(error.exitCode)
    }
  }

  private static func run(_ arguments: [String]) throws(RunnerError) {
    guard let command = arguments.first else { throw .usage("no command", argument: nil) }
    let options = try RunnerOptions(Array(arguments.dropFirst()), command: command)
    if command.isText("run") {
      try runCommand(options)
    } else if command.isText("bench") {
      try benchCommand(options)
    } else if command.isText("info") {
      try infoCommand(options)
    } else if command.isText("help") || command.isText("--help") || command.isText("-h") {
      SystemProcess.write(RunnerError.usageText.description, to: .output)
    } else {
      throw .usage("unknown command", argument: command)
    }
  }
}

extension String {
  /// Whether both have the same UTF-8 bytes; `==` would bring Unicode tables to boards.
  func isText(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
