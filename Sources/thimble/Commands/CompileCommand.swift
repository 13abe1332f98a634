// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import Engine
import Importers
import TensorFiles

/// `thimble compile`: a model becomes a program file.
struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Compile a model to a program file.")

  @Argument(help: "The model: an .onnx or .tflite file.")
  var model: String

  @Option(name: .shortAndLong, help: "The program file to write.")
  var output: String

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var arguments: CompileArguments

  @Flag(help: "Quantise a float model to int8 first; needs --calibration.")
  var int8 = false

  @OptionGroup var calibration: CalibrationArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    if int8 { _ = try calibration.requiredFolder() }
    if !int8 && calibration.calibration != nil {
      throw ValidationError("--calibration does nothing without --int8.")
    }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    try refuse(output: output, onInput: model)
    try checkWritable(output)
    let bytes = try readFile(model)
    var graph = try locating(model) { try importModel(bytes, options: importOptions) }
    let quantized =
      int8
      ? try calibration.quantize(
        graph, from: model, hasIntegerPorts: arguments.hasIntegerPorts) : nil
    if let quantized { graph = quantized.graph }
    let program = try locating(model) {
      do {
        return try compile(graph, options: arguments.compileOptions(modelPath: model))
      } catch CompileError.overBudget(let excess) {
        if json { try printJSON(BudgetReport(excess)) }
        throw CompileError.overBudget(excess)
      }
    }
    try writeFileAtomically(output, program.bytes)
    var report = try ProgramReport(Program(copying: program.bytes), path: output)
    report.quantization = quantized.map { QuantizationReport($0) }
    if json { try printJSON(report) } else { print(report.summary) }
  }
}
