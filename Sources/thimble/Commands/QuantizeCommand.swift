// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Exporters
import Importers
import TensorFiles

/// `thimble quantize`: a float model becomes an int8 model that other runtimes load too.
struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Quantise a float model and write it as ONNX.",
    discussion: """
      To int8, unless --weights or --activations say otherwise: the result has quantise and \
      dequantise pairs (QDQ) and gives what compile --int8 would give. With --weights alone, \
      weights are stored in fewer bits and arithmetic stays float32. DATA is a folder as \
      docs/data-folders.md has it.
      """)

  @Argument(help: "The float model: an .onnx or .tflite file.")
  var model: String

  @Option(name: .shortAndLong, help: "The ONNX file to write; needless with --diagnose.")
  var output: String?

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var storage: StorageArguments

  @OptionGroup var calibration: CalibrationArguments

  @OptionGroup var diagnosis: DiagnosisArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  private var plan: StorageArguments.Plan {
    storage.plan ?? .integers(activations: .int8)
  }

  func validate() throws {
    guard plan != .expand else {
      throw ValidationError("--weights int8, int4 or float16 says what the weights become.")
    }
    if plan.needsCalibration { _ = try calibration.requiredFolder() }
    if diagnosis.diagnose, !plan.needsCalibration {
      throw ValidationError("--diagnose is for activations in integers.")
    }
    if output == nil { try diagnosis.requireWithoutOutput() }
  }

  func run() throws {
    let importOptions = try shapes.importOptions()
    if let output { try refuse(output: output, onInput: model) }
    if let output { try checkWritable(output) }
    try diagnosis.check(against: model)
    let bytes = try readFile(model)
    let graph = try locating(model) {
      let graph = try importModel(bytes, options: importOptions)
      // What ONNX cannot spell is told before the work, not after.
      if output != nil { _ = try exportONNX(graph) }
      return graph
    }
    let quantized = try plan.quantize(graph, from: model, calibration, diagnosis)
    let file = try output.map { output in
      let file = try locating(model) { try exportONNX(quantized.graph) }
      try writeFileAtomically(output, file)
      return file
    }
    let report = ExportReport(
      file: output, model: model, modelBytes: bytes.count, fileBytes: file?.count,
      quantization: quantized.quantization, storage: quantized.storage)
    try diagnosis.writePage(report.quantization, about: model)
    if json { try printJSON(report) } else { print(report) }
  }
}
