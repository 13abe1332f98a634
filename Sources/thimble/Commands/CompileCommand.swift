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

  @Option(name: .shortAndLong, help: "The program file to write; needless with --diagnose.")
  var output: String?

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var arguments: CompileArguments

  @Flag(help: "Quantise a float model to int8 first: --activations int8; needs --calibration.")
  var int8 = false

  @OptionGroup var storage: StorageArguments

  @OptionGroup var calibration: CalibrationArguments

  @OptionGroup var diagnosis: DiagnosisArguments

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
    if plan?.needsCalibration != true, diagnosis.diagnose {
      throw ValidationError("--diagnose does nothing without --int8.")
    }
    if output == nil { try diagnosis.requireWithoutOutput() }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    if let output { try refuse(output: output, onInput: model) }
    if let output { try checkWritable(output) }
    try diagnosis.check(against: model)
    let bytes = try readFile(model)
    let imported = try locating(model) { try importModel(bytes, options: importOptions) }
    let quantized = try plan?.quantize(
      imported, from: model, calibration, diagnosis, hasIntegerPorts: arguments.hasIntegerPorts)
    var options = arguments.compileOptions(modelPath: model)
    options.expandsWeights = plan == .expand
    let program = try locating(model) {
      do {
        return try compile(quantized?.graph ?? imported, options: options)
      } catch CompileError.overBudget(let excess) {
        if json { try printJSON(BudgetReport(excess)) }
        throw CompileError.overBudget(excess)
      }
    }
    if let output { try writeFileAtomically(output, program.bytes) }
    var report = try ProgramReport(Program(copying: program.bytes), path: output ?? model)
    report.quantization = quantized?.quantization
    report.storage = quantized?.storage
    try diagnosis.writePage(report.quantization, about: model)
    if json { try printJSON(report) } else { print(report.summary) }
  }
}
