// SPDX-License-Identifier: Apache-2.0
import Importers
import Quantization

/// What quantising a model did to it.
struct QuantizationReport: Encodable {
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
  let outputs: [Output]

  init(_ model: QuantizedModel) {
    method = model.method.rawValue
    samples = model.sampleCount
    integerLayers = model.integerNodes.count
    floatLayers = model.floatNodes
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
    \(grouped(integerLayers)) layers in integers, \(grouped(floatLayers.count)) in float\(names)
    \(outputTable)
    """
  }

  private var names: String {
    floatLayers.isEmpty ? "" : ": \(floatLayers.map { escaped($0) }.joined(separator: ", "))"
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
