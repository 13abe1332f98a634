// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import DataFolders
import Engine
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
    help: "How ranges are told from samples; mse unless --effort high finds a better one.")
  var method: CalibrationMethod?

  @Option(help: "How much is tried to keep the model's accuracy.")
  var effort = QuantizationOptions.Effort.medium

  @Option(
    name: .customLong("min-snr"),
    help: ArgumentHelp(
      "The least signal-to-noise ratio at every output: layers stay float until it is reached.",
      valueName: "decibels"))
  var minimumDecibels: Double?

  @Option(
    name: .customLong("keep-float"),
    help: ArgumentHelp("A node that stays float. May be given several times.", valueName: "node"))
  var excludedNodes: [String] = []

  @Flag(inversion: .prefixedNo, help: "Balance channels between activations and weights first.")
  var equalize = true

  @Flag(
    inversion: .prefixedNo,
    help: "Round weights so that outputs change least; told by the effort when absent.")
  var learnRounding: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Correct biases by what the layers before give; told by the effort when absent.")
  var correctBiases: Bool?

  @Option(help: "The threads that run the model meanwhile; results do not depend on it.")
  var threads = 1

  func validate() throws {
    guard samples ?? 1 > 0 else { throw ValidationError("--samples is at least 1.") }
    guard minimumDecibels ?? 0 < .infinity else {
      throw ValidationError("--min-snr is a finite number of decibels.")
    }
    guard (1...ThreadPool.maximumThreadCount).contains(threads) else {
      throw ValidationError("--threads may be 1 to \(ThreadPool.maximumThreadCount).")
    }
  }

  /// The folder of samples, which whoever quantises needs.
  func requiredFolder() throws -> String {
    guard let calibration else {
      throw ValidationError("int8 needs --calibration with a folder of samples.")
    }
    return calibration
  }

  /// Quantises a model, read from a file, on the folder's samples and shows how far it is.
  ///
  /// Where not all samples are wanted, those taken lie evenly in the folder.
  func quantize(_ model: Graph, from path: String) throws -> QuantizedModel {
    let inputs = model.inputs.map { InputPort(name: $0.name, type: model.type(of: $0.value)) }
    let folder = try DataFolder(requiredFolder(), inputs: inputs, isLabelled: false)
    let count = min(folder.count, samples ?? folder.count)
    let bar = ProgressBar()
    defer { bar.clear() }
    var task = ""
    do {
      return try Quantization.quantize(
        model,
        samples: CalibrationSamples(count: count) { try folder.inputs($0 * folder.count / count) },
        options: options
      ) { progress in
        if progress.task != task { bar.begin(progress.task, of: progress.total) }
        task = progress.task
        bar.show(progress.done)
      }
    } catch let error as QuantizationError {
      throw LocatedError(path: error.isOfSamples ? folder.path : path, cause: error)
    }
  }

  private var options: QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = effort
    options.method = method
    options.equalizes = equalize
    options.learnsRounding = learnRounding
    options.correctsBiases = correctBiases
    options.excludedNodes = Set(excludedNodes)
    options.minimumDecibels = minimumDecibels
    options.threads = threads
    return options
  }
}

extension CalibrationMethod: ExpressibleByArgument {}

extension QuantizationOptions.Effort: ExpressibleByArgument {}
