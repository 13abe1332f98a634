// SPDX-License-Identifier: Apache-2.0
import Importers
import TensorCore

/// What a comparison found, layer by layer.
struct CompareReport: Encodable {
  struct Layer: Encodable {
    let step: Int
    let name: String
    let `operator`: String
    let shape: [Int]
    let dtype: String
    /// The tensor's name in the model.
    let tensor: String
    /// The model's nodes that the layer computes, when they are several.
    let fuses: [String]
    /// Why there is nothing to compare; absent when there is.
    let obstacle: String?
    /// Computed from what the program's own layers before it gave.
    let endToEnd: Difference?
    /// Computed from the peer's numbers.
    let isolated: Difference?
    /// What rounding explains of the isolated difference.
    let explained: Double?
    /// The largest part of it that an element takes; above 1, or absent for infinite, is a fault.
    let excess: Double?
    let isBeyondRounding: Bool
    /// The step of the output's scale; absent when it is not quantised.
    let scale: Float?
  }

  let model: String
  /// What is compared with it: a program, another model, or the model itself.
  let file: String
  let peer: String
  let layers: [Layer]
  let comparedLayers: Int
  /// The position among `layers` of the first that rounding does not explain.
  let firstBeyondRounding: Int?

  var first: Layer? { firstBeyondRounding.map { layers[$0] } }

  init(model: String, file: String, peer: String, _ results: [Comparison.Result]) {
    self.model = model
    self.file = file
    self.peer = peer
    layers = results.map { Layer($0.layer, $0.compared, peer: peer) }
    comparedLayers = results.count { $0.compared != nil }
    firstBeyondRounding = layers.firstIndex { $0.isBeyondRounding }
  }
}

extension CompareReport.Layer {
  fileprivate init(_ layer: thimble.Layer, _ result: ComparedLayer?, peer: String) {
    step = layer.step
    name = layer.node
    `operator` = layer.operatorName
    shape = layer.type.shape.extents
    dtype = "\(layer.type.dtype.name)"
    tensor = layer.foreignTensor
    fuses = layer.covered.count > 1 ? layer.covered.map { "\($0.operatorName) \($0.name)" } : []
    obstacle = result == nil ? "\(peer) has no such tensor of this size" : nil
    endToEnd = result?.endToEnd
    isolated = result?.isolated
    explained = result?.explained
    excess = result.flatMap { $0.excess.isFinite ? $0.excess : nil }
    isBeyondRounding = result?.isBeyondRounding ?? false
    scale = layer.type.quantization?.perTensor?.scale
  }
}

extension CompareReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    """
    \(escaped(file)) beside \(escaped(peer)): \(comparedLayers) of \(layers.count) layers compared

    \(table)
    \(fusions)
    \(verdict)
    """
  }

  /// What the comparison comes to, in words.
  var verdict: String {
    guard let first else { return "Rounding explains every layer's difference." }
    let differing = layers.count { $0.isBeyondRounding }
    let others =
      differing == 1 ? "no other layer does" : "\(differing - 1) more of \(comparedLayers) do"
    let place = "step \(first.step), \(first.operator) \"\(escaped(first.name))\""
    let largest = (first.isolated?.largest).map { scientific($0) } ?? "without bound"
    return """
      First beyond rounding: \(place). Fed with the numbers of \(escaped(peer)) it is off by \
      \(largest), and rounding explains \(scientific(first.explained ?? 0)); \(others).
      """
  }

  private var table: String {
    var table = Table(
      ("step", .right), ("operator", .left), ("shape", .left), ("end to end", .right),
      ("dB", .right), ("alone", .right), ("mean", .right), ("dB", .right),
      ("explained", .right), ("part", .right), ("", .left), ("name", .left))
    for (index, layer) in layers.enumerated() {
      let mark =
        !layer.isBeyondRounding ? "" : index == firstBeyondRounding ? "◀ first" : "◀"
      table.append(
        "\(layer.step)", escaped(layer.operator), shapeText(layer.shape),
        amount(layer.endToEnd?.largest, layer), decibels(layer.endToEnd),
        amount(layer.isolated?.largest, layer), amount(layer.isolated?.mean, layer),
        decibels(layer.isolated), amount(layer.explained, layer), part(layer), mark,
        escaped(layer.name))
    }
    return table.text
  }

  /// In steps where the layer is quantised.
  private func amount(_ value: Double?, _ layer: Layer) -> String {
    guard let value, layer.obstacle == nil else { return "–" }
    guard let scale = layer.scale else { return scientific(value) }
    let steps = value / Double(scale)
    return decimal(steps, digits: steps == steps.rounded() ? 0 : 2) + " st"
  }

  private func decibels(_ difference: Difference?) -> String {
    guard let difference else { return "–" }
    guard let ratio = difference.signalToNoiseDb else { return "equal" }
    return ratio.isFinite ? decimal(ratio, digits: 1) : "\(ratio)"
  }

  private func part(_ layer: Layer) -> String {
    guard layer.obstacle == nil else { return "–" }
    guard let excess = layer.excess else { return "∞" }
    return excess < 1e6 ? decimal(excess, digits: 2) : scientific(excess)
  }

  /// Which of the model's nodes became one layer, and which layers have no counterpart.
  private var fusions: String {
    var lines: [String] = []
    for layer in layers {
      let name = escaped(layer.name)
      if !layer.fuses.isEmpty {
        let parts = layer.fuses.map(escaped).joined(separator: ", ")
        lines.append("  step \(layer.step) \(name) computes \(parts)")
      }
      if let obstacle = layer.obstacle {
        lines.append("  step \(layer.step) \(name) is not compared: \(escaped(obstacle))")
      }
    }
    return lines.isEmpty ? "" : "\n\(lines.joined(separator: "\n"))\n"
  }
}
