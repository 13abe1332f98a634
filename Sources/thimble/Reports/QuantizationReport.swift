// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import Quantization

/// What quantising a model did to it.
struct QuantizationReport: Encodable {
  /// A layer that is more precise for the sake of accuracy, and its price.
  struct KeptLayer: Encodable {
    let name: String
    let precision: String
    let macs: Int
    /// How many bytes more its weights take.
    let extraBytes: Int
  }

  struct Output: Encodable {
    let name: String
    /// Sums of squares over the samples: of the float model's numbers, of what they are off by.
    let signal: Double
    let noise: Double
    /// Signal over noise; absent when one of them is 0.
    let decibels: Double?
  }

  /// How far ranges still move with more samples: those of every other sample against all.
  struct RangeDrift: Encodable {
    /// The value that suffers most from half of the samples, and what of.
    let value: String
    let decibels: Double
    /// How much more noise the outputs have; absent where no value has so much that they could.
    let outputDecibels: Double?
    let change: Double
    /// How far the range of the value in the middle moves.
    let medianChange: Double
    let isEnough: Bool
    /// How many samples will probably do.
    let sufficientSamples: Int
  }

  /// How ranges were told from samples.
  let method: String
  let samples: Int
  /// Whether most samples are one number throughout, or all are the same.
  let areSamplesUniform: Bool
  /// Absent for a single sample.
  let rangeDrift: RangeDrift?
  let integerLayers: Int
  /// Those of them whose activations are int16.
  let int16Layers: Int
  /// By name, in the order they run.
  let floatLayers: [String]
  /// Those of them that are faster in float on the board.
  let fasterInFloat: [String]
  /// What is more precise than int8 for the accuracy that was asked for.
  let keptLayers: [KeptLayer]
  /// The share of answers that are expected to change, 0 to 1; absent unless it was limited.
  let changedAnswers: Double?
  /// The bytes of the program; absent unless something about the cost was asked.
  let programBytes: Int?
  /// The estimated time of a run on one thread of the board.
  let milliseconds: Double?
  let outputs: [Output]
  /// With `--diagnose`.
  let diagnosis: DiagnosisReport?

  init(_ model: QuantizedModel, diagnosis: DiagnosisReport? = nil) {
    self.diagnosis = diagnosis
    areSamplesUniform = model.variety.isTooLittle
    rangeDrift = model.rangeDrift.map {
      RangeDrift(
        value: $0.value, decibels: $0.decibels, outputDecibels: $0.outputDecibels,
        change: $0.change, medianChange: $0.medianChange, isEnough: $0.isEnough,
        sufficientSamples: $0.sufficientCount)
    }
    method = model.method.rawValue
    samples = model.sampleCount
    integerLayers = model.integerNodes.count
    int16Layers = model.int16Nodes.count
    floatLayers = model.floatNodes
    fasterInFloat = model.fasterInFloat
    keptLayers = model.keptNodes.map {
      KeptLayer(
        name: $0.name, precision: $0.precision.rawValue, macs: $0.macCount,
        extraBytes: $0.extraBytes)
    }
    changedAnswers = model.assessment.changedAnswers
    programBytes = model.assessment.programBytes
    milliseconds = model.assessment.milliseconds
    outputs = Self.outputs(of: model.graph, model.outputNoise)
  }

  /// The noise of each output of a graph.
  static func outputs(of graph: Graph, _ noises: [Noise]) -> [Output] {
    zip(graph.outputs, noises).map { port, noise in
      Output(
        name: port.name, signal: noise.signal, noise: noise.noise,
        decibels: noise.decibels.isFinite ? noise.decibels : nil)
    }
  }
}

extension QuantizationReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    """
    int8, ranges by \(method) of \(grouped(samples)) samples
    \(drift)
    \(grouped(integerLayers)) layers in integers\(wide), \(floats)
    \(speed)\(price)\(worth)\(Self.table(outputs))\(diagnosis.map { "\n\n\($0)" } ?? "")
    """
  }

  private var wide: String {
    int16Layers == 0 ? "" : " (\(grouped(int16Layers)) with int16 activations)"
  }

  private var floats: String {
    "\(grouped(floatLayers.count)) in float\(names)"
  }

  /// Whether the samples were enough.
  private var drift: String {
    guard !areSamplesUniform else {
      return "the samples are one number throughout, or all the same: give others"
    }
    guard let rangeDrift else { return "one sample tells little of ranges: give more" }
    let decibels = rangeDrift.outputDecibels ?? rangeDrift.decibels
    let costs = "\(decimal(decibels, digits: 1)) dB more noise at the outputs at most"
    return "ranges moved by \(percent(rangeDrift.medianChange)) in the last half of the samples, "
      + (rangeDrift.isEnough
        ? "\(costs) without it: enough"
        : "\(costs) without it (\(escaped(rangeDrift.value))): "
          + "give some \(grouped(rangeDrift.sufficientSamples))")
  }

  private var names: String {
    floatLayers.isEmpty ? "" : ": \(floatLayers.map { escaped($0) }.joined(separator: ", "))"
  }

  private var speed: String {
    guard !fasterInFloat.isEmpty else { return "" }
    let names = fasterInFloat.map { escaped($0) }.joined(separator: ", ")
    return "faster in float on the board: \(names)\n"
  }

  private var worth: String {
    let time = milliseconds.map { "estimated \(decimal($0, digits: 3)) ms on one thread\n" }
    let size = programBytes.map { "\(grouped($0)) bytes of program\n" }
    let answers = changedAnswers.map {
      "\(decimal(100 * $0, digits: 2)) % of the answers are expected to change\n"
    }
    return [size, time, answers].compactMap { $0 }.joined()
  }

  private var price: String {
    let kinds = ["int16", "float32"].compactMap { precision -> String? in
      let kept = keptLayers.filter { $0.precision == precision }
      guard !kept.isEmpty else { return nil }
      let names = kept.map { escaped($0.name) }.joined(separator: ", ")
      let macs = kept.reduce(0) { $0 + $1.macs }
      let bytes = kept.reduce(0) { $0 + $1.extraBytes }
      return "for accuracy in \(precision): \(names)\n  \(grouped(macs)) multiply-accumulates, "
        + "\(grouped(bytes)) bytes more\n"
    }
    return kinds.joined()
  }

  static func table(_ outputs: [Output]) -> String {
    var table = Table(("output", .left), ("signal to noise", .right))
    for output in outputs {
      table.append(
        escaped(output.name), output.decibels.map { "\(decimal($0, digits: 1)) dB" } ?? "none")
    }
    return table.text
  }
}
