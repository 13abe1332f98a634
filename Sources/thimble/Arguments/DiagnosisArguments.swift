// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Graph
import Quantization
import TensorFiles

/// Whether to tell where int8 loses accuracy.
struct DiagnosisArguments: ParsableArguments {
  @Flag(
    help: "Tell layer by layer where accuracy is lost, why, and what helps at which price.")
  var diagnose = false

  @Option(
    help: ArgumentHelp(
      "Write a page with charts about the diagnosis to this file.", valueName: "page.html"))
  var html: String?

  func validate() throws {
    if html != nil && !diagnose { throw ValidationError("--html needs --diagnose.") }
  }

  /// Without a file to write, a diagnosis is what a command is for.
  func requireWithoutOutput() throws {
    guard diagnose else { throw ValidationError("Missing expected argument '--output <output>'") }
  }

  /// Refuses a page that is an input.
  func check(against input: String) throws {
    if let html { try refuse(output: html, onInput: input) }
  }

  /// What to report, if that was asked for.
  func report(
    _ quantized: QuantizedModel, of model: Graph, _ calibration: CalibrationArguments
  ) throws -> DiagnosisReport? {
    try quantized.diagnosis.map {
      try DiagnosisReport(
        $0, float: model, quantized: quantized.graph, threads: calibration.threads)
    }
  }

  /// Writes the page when there shall be one.
  func writePage(_ report: QuantizationReport?, about model: String) throws {
    guard let html, let report else { return }
    try writeFileAtomically(html, Page.diagnosis(of: model, report).html())
  }
}
