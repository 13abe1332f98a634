// SPDX-License-Identifier: Apache-2.0
import Graph
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

  /// How ranges were told from samples.
  let method: String
  let samples: Int
  let integerLayers: Int
  /// By name, in the order they run.
  let floatLayers: [String]
  /// Those of them that `--min-snr` asked for, the noisiest for its cost first.
  let keptLayers: [KeptLayer]
  let outputs: [Output]

  init(_ model: QuantizedModel) {
    method = model.method.rawValue
    samples = model.sampleCount
    integerLayers = model.integerNodes.count
    floatLayers = model.floatNodes
    keptLayers = model.keptLayers.map {
      KeptLayer(name: $0.name, macs: $0.macCount, extraBytes: $0.extraBytes)
    }
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
    \(grouped(integerLayers)) layers in integers, \(grouped(floatLayers.count)) in float\(names)
    \(price)\(Self.table(outputs))
    """
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

  static func table(_ outputs: [Output]) -> String {
    var table = Table(("output", .left), ("signal to noise", .right))
    for output in outputs {
      table.append(
        escaped(output.name), output.decibels.map { "\(decimal($0, digits: 1)) dB" } ?? "none")
    }
    return table.text
  }
}
