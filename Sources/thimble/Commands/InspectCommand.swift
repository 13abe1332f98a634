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

  @Option(
    help: ArgumentHelp(
      "Write a page about the program to this file; a model is compiled in memory.",
      valueName: "page.html"))
  var html: String?

  @Flag(help: "Print a model's graph as imported and after each pass of the compiler.")
  var passes = false

  @OptionGroup var shapes: ShapeArguments

  func validate() throws {
    if passes && json { throw ValidationError("--passes prints graphs, not JSON.") }
    if passes && html != nil { throw ValidationError("--passes prints graphs, not a page.") }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    if isProgram(file) {
      let program = try ProgramSource(file).load()
      let report = try ProgramReport(program, path: file)
      try writePage(PageData(program, report, model: nil))
      try print(report)
      return
    }
    let bytes = try readFile(file)
    try locating(file) {
      if passes {
        try printPasses(bytes, importOptions)
      } else {
        let report = try ModelReport(ModelSummary(bytes), path: file)
        if html != nil { try writePage(of: bytes, importOptions, report) }
        try print(report)
      }
    }
  }

  private func print(_ report: some Encodable & CustomStringConvertible) throws {
    if json { try printJSON(report) } else { Swift.print(report) }
  }

  private func writePage(
    of model: [UInt8], _ importOptions: ImportOptions, _ report: ModelReport
  ) throws {
    var options = CompileOptions()
    options.sourceName = modelName(file)
    let bytes = try compile(importModel(model, options: importOptions), options: options).bytes
    let program = try Program(copying: bytes)
    try writePage(PageData(program, ProgramReport(program, path: file), model: report))
  }

  private func writePage(_ data: @autoclosure () throws -> PageData) throws {
    guard let html else { return }
    try refuse(output: html, onInput: file)
    try writeFileAtomically(html, Page.program(data()).html())
  }

  private func printPasses(_ bytes: [UInt8], _ options: ImportOptions) throws {
    let graph = try importModel(bytes, options: options)
    Swift.print("── imported\n\(graph)")
    _ = try optimize(graph) { pass, graph in Swift.print("\n── \(pass.name)\n\(graph)") }
  }
}
