// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DataFolders
import Engine
import Evaluation
import TensorCore

/// `thimble evaluate`: how often a program is right.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a program's accuracy on samples.",
    discussion: """
      DATA holds x.npy and y.npy; or one sub-folder of pictures for each class; or pictures and \
      labels.csv. Its preprocess.yaml says how pictures become inputs: see docs/data-folders.md.
      """)

  @Argument(help: "A program (.thimble), or a model, which is compiled in memory.")
  var file: String

  @Option(help: "The folder of samples.")
  var data: String

  @Option(
    name: .customLong("metric"),
    help: "What to measure; told by the data when absent. May be given several times.")
  var metrics: [MetricName] = []

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var arguments: SessionArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    let program = try ProgramSource(file, importOptions: shapes.importOptions()).load()
    let ports = program.entryPoints[0]
    let inputs = ports.inputs.map { InputPort(name: $0.name, type: $0.type) }
    let folder = try DataFolder(data, inputs: inputs)
    let evaluator = try Evaluator(
      folder, inputs: inputs, outputs: ports.outputs.map(\.type), metrics: metrics)

    let result = try evaluate(evaluator, on: program, count: folder.count)
    let report = EvaluationReport(
      result, file: file, folder: folder, threads: arguments.threads)
    if json { try printJSON(report) } else { print(report) }
  }

  /// Runs all samples, each from the initial state, and shows how far they are.
  private func evaluate(
    _ evaluator: Evaluator, on program: Program, count: Int
  ) throws -> Evaluator.Result {
    let session = try arguments.makeSession(program)
    let bar = ProgressBar()
    bar.begin("samples", of: count)
    defer { bar.clear() }
    return try evaluator.evaluate(progress: { bar.show($0) }) { inputs in
      for (index, tensor) in inputs.enumerated() {
        try session.setInput(index, to: tensor.bytes)
      }
      session.resetState()
      session.run()
      return try program.entryPoints[0].outputs.enumerated().map { index, port in
        TensorData(port.type, bytes: try session.outputBytes(index))
      }
    }
  }
}

extension MetricName: ExpressibleByArgument {}
