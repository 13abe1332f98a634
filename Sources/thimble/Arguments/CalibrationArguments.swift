// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Boards
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
    name: .customLong("max-drop"),
    help: ArgumentHelp(
      "The greatest share of answers that may be expected to change, such as 1%.",
      valueName: "share"))
  var maximumDrop: Share?

  @Option(
    name: .customLong("max-bytes"),
    help: ArgumentHelp(
      "The most bytes of the program; the noisiest layers are more precise as far as it allows.",
      valueName: "size"))
  var maximumBytes: ByteSize?

  @Option(
    name: .customLong("max-ms"),
    help: ArgumentHelp(
      "The longest time of a run on one thread of --board, as estimated.",
      valueName: "milliseconds"))
  var maximumMilliseconds: Double?

  @Option(
    help: ArgumentHelp(
      "A file of boards/: what is faster in float on that CPU stays float, and times are told.",
      valueName: "file"))
  var board: String?

  @Option(
    name: .customLong("keep-float"),
    help: ArgumentHelp("A node that stays float. May be given several times.", valueName: "node"))
  var excludedNodes: [String] = []

  @Option(
    name: .customLong("keep-int16"),
    help: ArgumentHelp(
      "A node whose activations are int16. May be given several times.", valueName: "node"))
  var int16Nodes: [String] = []

  @Flag(inversion: .prefixedNo, help: "Balance channels between activations and weights first.")
  var equalize = true

  @Flag(
    inversion: .prefixedNo,
    help: "Round weights so that outputs change least; told by the effort when absent.")
  var learnRounding: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Correct biases by what the layers before give; where that helps, when absent.")
  var correctBiases: Bool?

  @Option(help: "The threads that run the model meanwhile; results do not depend on it.")
  var threads = 1

  func validate() throws {
    guard samples ?? 1 > 0 else { throw ValidationError("--samples is at least 1.") }
    guard minimumDecibels ?? 0 < .infinity else {
      throw ValidationError("--min-snr is a finite number of decibels.")
    }
    guard maximumMilliseconds ?? 1 > 0 else {
      throw ValidationError("--max-ms is a number of milliseconds greater than 0.")
    }
    guard maximumMilliseconds == nil || board != nil else {
      throw ValidationError("--max-ms needs --board, the CPU that it is estimated for.")
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
  /// With integer ports what the model ends in is computed in integers too.
  func quantize(
    _ model: Graph, from path: String, activations: Precision = .int8,
    hasIntegerPorts: Bool = false, diagnosing: Bool = false
  ) throws -> QuantizedModel {
    _ = try requiredFolder()
    var options = try options()
    options.activations = activations
    options.hasIntegerPorts = hasIntegerPorts
    options.diagnoses = diagnosing
    return try withSamples(of: model, from: path) { samples, progress in
      try Quantization.quantize(
        model, samples: samples ?? CalibrationSamples([]), options: options, progress: progress)
    }
  }

  /// Stores the weights of a model, read from a file, in fewer bits.
  func store(
    _ model: Graph, from path: String, as format: StorageFormat, isDynamic: Bool
  ) throws -> StoredModel {
    var storage = StorageOptions()
    storage.format = format
    storage.isDynamic = isDynamic
    storage.learnsRounding = learnRounding ?? (effort != .low)
    storage.excludedNodes = Set(excludedNodes)
    storage.threads = threads
    return try withSamples(of: model, from: path) { samples, progress in
      try storeWeights(model, options: storage, samples: samples, progress: progress)
    }
  }

  /// Does something with the folder's samples, if there is one, and shows how far it is.
  private func withSamples<Result>(
    of model: Graph, from path: String,
    _ body: (CalibrationSamples?, @escaping (QuantizationProgress) -> Void) throws -> Result
  ) throws -> Result {
    let inputs = model.inputs.map { InputPort(name: $0.name, type: model.type(of: $0.value)) }
    let folder = try calibration.map { try DataFolder($0, inputs: inputs, isLabelled: false) }
    let bar = ProgressBar()
    defer { bar.clear() }
    var task = ""
    do {
      return try body(
        folder.map { folder in
          let chosen = chosenSamples(of: folder.count)
          return CalibrationSamples(count: chosen.count) { try folder.inputs(chosen[$0]) }
        }
      ) { progress in
        if progress.task != task { bar.begin(progress.task, of: progress.total) }
        task = progress.task
        bar.show(progress.done)
      }
    } catch let error as QuantizationError {
      throw LocatedError(path: error.isOfSamples ? folder?.path ?? path : path, cause: error)
    }
  }

  /// The samples to take of so many, in order.
  private func chosenSamples(of total: Int) -> [Int] {
    let count = min(total, samples ?? total)
    guard let seed else { return (0..<count).map { $0 * total / count } }
    var generator = SplitMix64(seed: seed)
    return (0..<total).shuffled(using: &generator).prefix(count).sorted()
  }

  private func options() throws -> QuantizationOptions {
    var options = QuantizationOptions()
    options.effort = effort
    options.method = method
    options.equalizes = equalize
    options.learnsRounding = learnRounding
    options.correctsBiases = correctBiases
    options.excludedNodes = Set(excludedNodes)
    options.int16Nodes = Set(int16Nodes)
    options.goals.minimumDecibels = minimumDecibels
    options.goals.maximumDrop = maximumDrop?.value
    options.goals.maximumBytes = maximumBytes?.byteCount
    options.goals.maximumMilliseconds = maximumMilliseconds
    options.rates = try board.map { try readBoard($0).rates }
    options.threads = threads
    return options
  }
}

extension CalibrationMethod: ExpressibleByArgument {}

extension QuantizationOptions.Effort: ExpressibleByArgument {}
