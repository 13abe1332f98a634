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

  @Flag(help: "Quantise a float model to int8 first: --activations int8; needs --calibration.")
  var int8 = false

  @OptionGroup var storage: StorageArguments

  @OptionGroup var calibration: CalibrationArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  private var plan: StorageArguments.Plan? {
    storage.plan ?? (int8 ? .integers(activations: .int8) : nil)
  }

  func validate() throws {
    if int8, plan?.needsCalibration != true {
      throw ValidationError("--int8 is --weights int8 --activations int8, and nothing else.")
    }
    if plan?.needsCalibration == true { _ = try calibration.requiredFolder() }
    if plan == nil || plan == .expand, calibration.calibration != nil {
      throw ValidationError("--calibration does nothing without --int8 or --weights.")
    }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    try refuse(output: output, onInput: model)
    try checkWritable(output)
    let bytes = try readFile(model)
    var graph = try locating(model) { try importModel(bytes, options: importOptions) }
    let quantized = try plan?.quantize(
      graph, from: model, calibration, hasIntegerPorts: arguments.hasIntegerPorts)
    if let quantized { graph = quantized.graph }
    var options = arguments.compileOptions(modelPath: model)
    options.expandsWeights = plan == .expand
    let program = try locating(model) {
      do {
        return try compile(graph, options: options)
      } catch CompileError.overBudget(let excess) {
        if json { try printJSON(BudgetReport(excess)) }
        throw CompileError.overBudget(excess)
      }
    }
    try writeFileAtomically(output, program.bytes)
    var report = try ProgramReport(Program(copying: program.bytes), path: output)
    report.quantization = quantized?.quantization
    report.storage = quantized?.storage
    if json { try printJSON(report) } else { print(report.summary) }
  }
}
