// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Exporters
import Importers
import TensorFiles

/// `thimble quantize`: a float model becomes an int8 model that other runtimes load too.
struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Quantise a float model to int8 and write it as ONNX.",
    discussion: """
      The result has quantise and dequantise pairs (QDQ) and gives what compile --int8 would give. \
      DATA is a folder as docs/data-folders.md has it.
      """)

  @Argument(help: "The float model: an .onnx or .tflite file.")
  var model: String

  @Option(name: .shortAndLong, help: "The ONNX file to write; needless with --diagnose.")
  var output: String?

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var calibration: CalibrationArguments

  @OptionGroup var diagnosis: DiagnosisArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    _ = try calibration.requiredFolder()
    if output == nil { try diagnosis.requireWithoutOutput() }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    if let output { try refuse(output: output, onInput: model) }
    try diagnosis.check(against: model)
    let bytes = try readFile(model)
    let graph = try locating(model) {
      let graph = try importModel(bytes, options: importOptions)
      // What ONNX cannot spell is told before the work, not after.
      if output != nil { _ = try exportONNX(graph) }
      return graph
    }
    let quantized = try calibration.quantize(
      graph, from: model, diagnosing: diagnosis.diagnose)
    let file = try output.map { output in
      let file = try locating(model) { try exportONNX(quantized.graph) }
      try writeFileAtomically(output, file)
      return file
    }
    let report = ExportReport(
      file: output, model: model, modelBytes: bytes.count, fileBytes: file?.count,
      quantization: try QuantizationReport(
        quantized, diagnosis: diagnosis.report(quantized, of: graph, calibration)))
    try diagnosis.writePage(report.quantization, about: model)
    if json { try printJSON(report) } else { print(report) }
  }
}
