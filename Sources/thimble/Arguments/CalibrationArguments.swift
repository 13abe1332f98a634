// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DataFolders
import Graph
import Quantization
import TensorCore

/// What a model is quantised on, and how.
struct CalibrationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder of samples such as the model will meet; labels are not read.", valueName: "data"))
  var calibration: String?

  @Option(help: "The most samples to use.")
  var samples: Int?

  @Option(
    name: .customLong("calibration-method"),
    help: "How ranges are told from samples.")
  var method = CalibrationMethod.meanSquaredError

  func validate() throws {
    guard samples ?? 1 > 0 else { throw ValidationError("--samples is at least 1.") }
  }

  /// Quantises a model on the folder's samples and shows how far it is.
  func quantize(_ model: Graph, threads: Int) throws -> QuantizedModel {
    guard let calibration else {
      throw ValidationError("int8 needs --calibration with a folder of samples.")
    }
    let inputs = model.inputs.map { InputPort(name: $0.name, type: model.type(of: $0.value)) }
    let folder = try DataFolder(calibration, inputs: inputs, isLabelled: false)
    let count = min(folder.count, samples ?? folder.count)
    var options = QuantizationOptions()
    options.method = method
    options.threads = threads
    let bar = ProgressBar()
    bar.begin("samples", of: count)
    defer { bar.clear() }
    return try Quantization.quantize(
      model, samples: CalibrationSamples(count: count) { try folder.inputs($0) },
      options: options, progress: { bar.show($0) })
  }
}

extension CalibrationMethod: ExpressibleByArgument {}
