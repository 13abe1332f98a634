// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Engine
import TensorCore
import TensorFiles

/// `thimble run`: one inference on given inputs.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a program once.",
    discussion: """
      An input is an .npy array of the input's dtype and shape, or a PNG, JPEG or PPM image of its \
      height and width, whose samples count as 0 to 255.
      """)

  @Argument(help: "A program (.thimble), or a model, which is compiled in memory.")
  var file: String

  @Option(
    name: .customLong("input"),
    help: ArgumentHelp("The contents of an input.", valueName: "name=file"))
  var inputs: [NamedFile] = []

  @Option(
    name: .shortAndLong,
    help: "Where outputs go: OUT.npz, or a folder for one .npy file each.")
  var output: String?

  @OptionGroup var arguments: SessionArguments

  @Flag(help: "Also time each step, by running again and again.")
  var profile = false

  @Option(help: "Rounds of --profile.")
  var rounds = 20

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(rounds) else {
      throw ValidationError("--rounds may be 1 to 1000000.")
    }
  }

  func run() throws {
    let program = try ProgramSource(file).load()
    let ports = program.entryPoints[0]
    let writer = try output.map { try OutputWriter($0, names: ports.outputs.map(\.name)) }
    for path in writer?.paths ?? [] {
      for input in [file] + inputs.map(\.path) { try refuse(output: path, onInput: input) }
    }

    let session = try arguments.makeSession(program)
    for (index, tensor) in try readInputs(inputs, for: ports.inputs).enumerated() {
      try session.setInput(index, to: tensor.bytes)
    }
    session.run()
    let results = try ports.outputs.enumerated().map { index, port in
      NamedTensor(port.name, TensorData(port.type, bytes: try session.outputBytes(index)))
    }
    try writer?.write(results)
    let report = RunReport(
      file: file, results, paths: writer?.paths,
      profile: profile
        ? ProfileReport(session, threads: arguments.threads, rounds: rounds) : nil)
    if json { try printJSON(report) } else { print(report) }
  }
}
