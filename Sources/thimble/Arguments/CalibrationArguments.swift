// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
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

  @Option(help: "Choose the samples at random, by this number; evenly when absent.")
  var seed: UInt64?

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
  func quantize(
    _ model: Graph, from path: String, diagnosing: Bool = false
  ) throws -> QuantizedModel {
    let inputs = model.inputs.map { InputPort(name: $0.name, type: model.type(of: $0.value)) }
    let folder = try DataFolder(requiredFolder(), inputs: inputs, isLabelled: false)
    let chosen = chosenSamples(of: folder.count)
    var options = options
    options.diagnoses = diagnosing
    let bar = ProgressBar()
    defer { bar.clear() }
    var task = ""
    do {
      return try Quantization.quantize(
        model,
        samples: CalibrationSamples(count: chosen.count) { try folder.inputs(chosen[$0]) },
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

  /// The samples to take of so many, in order.
  private func chosenSamples(of total: Int) -> [Int] {
    let count = min(total, samples ?? total)
    guard let seed else { return (0..<count).map { $0 * total / count } }
    var generator = SplitMix64(seed: seed)
    return (0..<total).shuffled(using: &generator).prefix(count).sorted()
  }

  private var options: QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = effort
    options.method = method
    options.equalizes = equalize
    options.learnsRounding = learnRounding
    options.excludedNodes = Set(excludedNodes)
    options.minimumDecibels = minimumDecibels
    options.threads = threads
    return options
  }
}

extension CalibrationMethod: ExpressibleByArgument {}

extension QuantizationOptions.Effort: ExpressibleByArgument {}
