// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Exporters
import Importers
import TensorFiles

/// `thimble export`: a model of either format becomes ONNX.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a model as standard ONNX, whatever its format.")

  @Argument(help: "The model: an .onnx or .tflite file.")
  var model: String

  @Option(name: .shortAndLong, help: "The ONNX file to write.")
  var output: String

  @OptionGroup var shapes: ShapeArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    let importOptions = try shapes.importOptions()
    try refuse(output: output, onInput: model)
    try checkWritable(output)
    let bytes = try readFile(model)
    let file = try locating(model) {
      try exportONNX(importModel(bytes, options: importOptions))
    }
    try writeFileAtomically(output, file)
    let report = ExportReport(
      file: output, model: model, modelBytes: bytes.count, fileBytes: file.count,
      quantization: nil)
    if json { try printJSON(report) } else { print(report) }
  }
}
