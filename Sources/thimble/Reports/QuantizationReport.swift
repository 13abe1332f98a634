// SPDX-License-Identifier: Apache-2.0
import Importers
import Quantization

/// What quantising a model did to it.
struct QuantizationReport: Encodable {
  /// A layer that is float for the sake of accuracy, and its price.
  struct KeptLayer: Encodable {
    let name: String
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
  /// By name, in the order they run.
  let floatLayers: [String]
  /// Those of them that `--min-snr` asked for, the noisiest for its cost first.
  let keptLayers: [KeptLayer]
  let outputs: [Output]
  /// With `--diagnose`.
  let diagnosis: DiagnosisReport?

  init(_ model: QuantizedModel, diagnosis: DiagnosisReport? = nil) {
    self.diagnosis = diagnosis
    areSamplesUniform = model.variety.isTooLittle
    rangeDrift = model.rangeDrift.map {
      RangeDrift(
        value: $0.value, decibels: $0.decibels, change: $0.change, medianChange: $0.medianChange,
        isEnough: $0.isEnough, sufficientSamples: $0.sufficientCount)
    }
    method = model.method.rawValue
    samples = model.sampleCount
    integerLayers = model.integerNodes.count
    floatLayers = model.floatNodes
    keptLayers = model.keptLayers.map {
      KeptLayer(name: $0.name, macs: $0.macCount, extraBytes: $0.extraBytes)
    }
    outputs = zip(model.graph.outputs, model.outputNoise).map { port, noise in
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
    \(grouped(integerLayers)) layers in integers, \(grouped(floatLayers.count)) in float\(names)
    \(price)\(outputTable)\(diagnosis.map { "\n\n\($0)" } ?? "")
    """
  }

  /// Whether the samples were enough.
  private var drift: String {
    guard !areSamplesUniform else {
      return "the samples are one number throughout, or all the same: give others"
    }
    guard let rangeDrift else { return "one sample tells little of ranges: give more" }
    let costs = "\(decimal(rangeDrift.decibels, digits: 1)) dB more noise at most"
    return "ranges moved by \(percent(rangeDrift.medianChange)) in the last half of the samples, "
      + (rangeDrift.isEnough
        ? "\(costs) without it: enough"
        : "\(costs) without it (\(escaped(rangeDrift.value))): "
          + "give some \(grouped(rangeDrift.sufficientSamples))")
  }

  private var names: String {
    floatLayers.isEmpty ? "" : ": \(floatLayers.map { escaped($0) }.joined(separator: ", "))"
  }

  private var price: String {
    guard !keptLayers.isEmpty else { return "" }
    let macs = keptLayers.reduce(0) { $0 + $1.macs }
    let bytes = keptLayers.reduce(0) { $0 + $1.extraBytes }
    return "\(grouped(keptLayers.count)) of these for --min-snr: \(grouped(macs)) "
      + "multiply-accumulates and \(grouped(bytes)) bytes more in float\n"
  }

  private var outputTable: String {
    var table = Table(("output", .left), ("signal to noise", .right))
    for output in outputs {
      table.append(
        escaped(output.name), output.decibels.map { "\(decimal($0, digits: 1)) dB" } ?? "none")
    }
    return table.text
  }
}
