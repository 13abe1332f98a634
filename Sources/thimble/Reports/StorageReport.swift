// SPDX-License-Identifier: Apache-2.0
import Importers
import Quantization

/// What storing weights in fewer bits did to a model.
struct StorageReport: Encodable {
  let weights: String
  let activations: String
  /// How many samples weights were rounded for; 0 for rounding to nearest.
  let samples: Int
  let storedLayers: Int
  let storedTables: Int
  /// By name, in the order they run.
  let floatLayers: [String]
  /// What the weights that are stored take, and took in float32.
  let weightBytes: Int
  let floatWeightBytes: Int
  /// Empty without samples.
  let outputs: [QuantizationReport.Output]

  init(_ model: StoredModel) {
    weights = model.options.format.rawValue
    activations = model.options.isDynamic ? "dynamic" : "float"
    samples = model.sampleCount
    storedLayers = model.layers.count
    storedTables = model.tables.count
    floatLayers = model.floatLayers
    weightBytes = model.bytes
    floatWeightBytes = model.floatBytes
    outputs = QuantizationReport.outputs(of: model.graph, model.outputNoise)
  }
}

extension StorageReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    let rounding = samples == 0 ? "to nearest" : "for \(grouped(samples)) samples"
    let rows = activations == "dynamic" ? ", rows of activations in int8 as they come" : ""
    let names = floatLayers.map { escaped($0) }.joined(separator: ", ")
    let rest = floatLayers.isEmpty ? "" : ", \(grouped(floatLayers.count)) in float32: \(names)"
    let tables = storedTables == 0 ? "" : " and \(grouped(storedTables)) tables"
    let part = percent(Double(weightBytes) / Double(max(floatWeightBytes, 1)))
    let table = outputs.isEmpty ? "" : "\n\(QuantizationReport.table(outputs))"
    return """
      weights in \(weights), rounded \(rounding)\(rows)
      \(grouped(storedLayers)) layers\(tables) stored so\(rest)
      \(grouped(weightBytes)) bytes of weights, \
      \(part) of the \(grouped(floatWeightBytes)) in float32\(table)
      """
  }
}
