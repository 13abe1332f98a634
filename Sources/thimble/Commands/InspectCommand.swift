// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import Engine
import Importers
import TensorFiles

/// `thimble inspect`: what a model needs, or what a program takes.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a program takes, to the byte, or what a model is made of.")

  @Argument(help: "A program (.thimble) or a model (.onnx, .tflite).")
  var file: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  @Flag(help: "Print a model's graph as imported and after each pass of the compiler.")
  var passes = false

  @OptionGroup var shapes: ShapeArguments

  func validate() throws {
    if passes && json { throw ValidationError("--passes prints graphs, not JSON.") }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    if isProgram(file) {
      let program = try ProgramSource(file).load()
      try print(ProgramReport(program, path: file))
      return
    }
    let bytes = try readFile(file)
    try locating(file) {
      if passes {
        try printPasses(bytes, importOptions)
      } else {
        try print(ModelReport(ModelSummary(bytes), path: file))
      }
    }
  }

  private func print(_ report: some Encodable & CustomStringConvertible) throws {
    if json { try printJSON(report) } else { Swift.print(report) }
  }

  private func printPasses(_ bytes: [UInt8], _ options: ImportOptions) throws {
    let graph = try importModel(bytes, options: options)
    Swift.print("── imported\n\(graph)")
    _ = try optimize(graph) { pass, graph in Swift.print("\n── \(pass.name)\n\(graph)") }
  }
}
