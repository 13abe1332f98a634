// SPDX-License-Identifier: Apache-2.0
import Engine

/// The command line behind the command.
struct RunnerOptions {
  var path = ""
  /// Input names with the paths of their arrays.
  var inputs: [(name: String, path: String)] = []
  var output: String?
  var threads = 1
  var rounds = 100
  var isJSON = false
  var instructionSetLimit: InstructionSet?

  init(_ arguments: [String], command: String) throws(RunnerError) {
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      if argument.isText("--json") {
        isJSON = true
      } else if argument.utf8.starts(with: "--".utf8) {
        guard index < arguments.count else { throw .usage("no value for", argument: argument) }
        try set(argument, to: arguments[index])
        index += 1
      } else if path.isEmpty {
        path = argument
      } else {
        throw .usage("unexpected argument", argument: argument)
      }
    }
    let isHelp = command.isText("help") || command.isText("--help") || command.isText("-h")
    guard !path.isEmpty || isHelp else { throw .usage("no program file", argument: nil) }
    if let name = SystemProcess.environment("THIMBLE_ISA") {
      guard let limit = InstructionSet(named: name) else {
        throw .usage("unknown instruction set in THIMBLE_ISA", argument: name)
      }
      instructionSetLimit = limit
    }
  }

  private mutating func set(_ option: String, to value: String) throws(RunnerError) {
    if option.isText("--input") {
      inputs.append(try RunnerOptions.input(value))
    } else if option.isText("--output") {
      output = value
    } else if option.isText("--threads") {
      threads = try RunnerOptions.number(value, upTo: ThreadPool.maximumThreadCount)
    } else if option.isText("--rounds") {
      rounds = try RunnerOptions.number(value, upTo: 1_000_000)
    } else {
      throw .usage("unknown option", argument: option)
    }
  }

  private static func input(_ value: String) throws(RunnerError) -> (name: String, path: String) {
    // The last `=`: names may hold one, and paths on boards do not.
    guard let split = value.utf8.lastIndex(of: UInt8(ascii: "=")) else {
      throw .usage("--input takes NAME=FILE.npy, not", argument: value)
    }
    let name = String(decoding: Array(value.utf8[..<split]), as: UTF8.self)
    let path = String(decoding: Array(value.utf8[value.utf8.index(after: split)...]), as: UTF8.self)
    return (name, path)
  }

  private static func number(_ value: String, upTo limit: Int) throws(RunnerError) -> Int {
    guard let number = Int(value), number >= 1, number <= limit else {
      throw .usage("not a number in range", argument: value)
    }
    return number
  }
}
