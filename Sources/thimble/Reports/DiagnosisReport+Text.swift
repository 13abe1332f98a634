// SPDX-License-Identifier: Apache-2.0
import Importers

extension DiagnosisReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    """
    diagnosis, by \(grouped(measuredSamples)) samples
    \(verdict)
    \(findings.map(text).joined())
    what was tried, by the noisiest output
    \(cureTable)\(goals)

    layers
    \(layerTable)
    steps together \(decimal(ms, digits: 3)) ms, in float \(decimal(floatMs, digits: 3)) ms
    """
  }

  private var verdict: String {
    let harms = findings.count { $0.isHarmful && $0.isPresent }
    let cured = findings.count { $0.isHarmful && !$0.isPresent }
    let notes = findings.count - harms - cured
    let parts = [
      harms == 0
        ? "no known cause of noise was found"
        : counted(harms, "thing is", "things are") + " wrong",
      cured == 0 ? "" : "\(counted(cured, "was", "were")) cured by balancing channels",
      notes == 0 ? "" : "\(counted(notes, "note", "notes"))",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private func counted(_ count: Int, _ one: String, _ many: String) -> String {
    "\(grouped(count)) \(count == 1 ? one : many)"
  }

  private func text(_ finding: Finding) -> String {
    let kind = finding.isHarmful ? (finding.isPresent ? "" : "cured: ") : "note: "
    let place = finding.place.isEmpty ? "" : " at \(escaped(finding.place))"
    guard finding.isHarmful else {
      return "\(kind)\(finding.cause)\(place)\(channelText(finding.channels))\n"
    }
    var lines = ["\(kind)\(finding.cause)\(place)\(channelText(finding.channels))"]
    lines.append(
      "  \(finding.measure.name): \(number(finding.measure.value)), "
        + "limit \(number(finding.limit))")
    lines += finding.details.map { "  \($0.name): \(number($0.value))" }
    if finding.isPresent {
      lines.append("  \(finding.advice)")
      lines += finding.cures.map { "  \(outcome(cures[$0], of: finding))" }
    }
    return "\n" + lines.joined(separator: "\n") + "\n"
  }

  private func outcome(_ cure: Cure, of finding: Finding) -> String {
    let price = cure.nodes.isEmpty ? "" : ", \(self.price(cure))"
    let isVain = cure.action == "equalize" && !finding.isCuredByEqualizing
    return "tried \(name(cure)): \(gain(cure))\(price)"
      + (isVain ? "; it does not take this away" : "")
  }

  private func price(_ cure: Cure) -> String {
    guard cure.action != "keep-int16" else {
      return "\(grouped(cure.macs)) multiply-accumulates in int16"
    }
    let time = cure.extraMs.map { "\(decimal($0, digits: 3)) ms" } ?? "time unknown"
    return "\(grouped(cure.extraBytes)) bytes, \(time)"
  }

  private func gain(_ cure: Cure) -> String {
    guard let gain = cure.gainDecibels else { return "no noise left" }
    return "\(gain < 0 ? "" : "+")\(decimal(gain, digits: 1)) dB"
  }

  private func name(_ cure: Cure) -> String {
    cure.nodes.isEmpty
      ? cure.action : "\(cure.action) \(cure.nodes.map { escaped($0) }.joined(separator: ", "))"
  }

  private func channelText(_ channels: [Int]) -> String {
    guard !channels.isEmpty else { return "" }
    let shown = channels.prefix(8).map(String.init).joined(separator: ", ")
    let more = channels.count > 8 ? " and \(grouped(channels.count - 8)) more" : ""
    return ", \(channels.count == 1 ? "channel" : "channels") \(shown)\(more)"
  }

  /// Where nothing that costs nothing helps.
  private var goals: String {
    let isLeft = findings.contains { $0.isHarmful && $0.isPresent && !$0.isCuredByEqualizing }
    guard isLeft || cures.contains(where: { !$0.nodes.isEmpty && $0.gainDecibels ?? 0 >= 1 }) else {
      return ""
    }
    return "\n--min-snr or --max-drop keeps as much in int16 or float as the outputs need"
  }

  private var cureTable: String {
    var table = Table(
      ("tried", .left), ("gain", .right), ("without", .right), ("with", .right), ("bytes", .right),
      ("ms", .right), ("", .left))
    for cure in cures {
      table.append(
        name(cure), gain(cure), decibelText(cure.decibelsWithout), decibelText(cure.decibelsWith),
        cure.nodes.isEmpty ? "" : grouped(cure.extraBytes),
        cure.nodes.isEmpty ? "" : cure.extraMs.map { decimal($0, digits: 3) } ?? "",
        cure.isInUse ? "in use" : "")
    }
    return table.text
  }

  private var layerTable: String {
    var table = Table(
      ("layer", .left), ("operator", .left), ("dB", .right), ("alone", .right), ("share", .right),
      ("weights", .right), ("input", .right), ("ms", .right), ("float", .right))
    for layer in layers {
      let hasWeights = layer.extraBytes > 0
      table.append(
        escaped(layer.name), layer.operator, decibelText(layer.decibels),
        decibelText(layer.aloneDecibels), hasWeights ? percent(layer.share) : "",
        decibelText(layer.weightsDecibels), decibelText(layer.inputDecibels),
        layer.ms.map { decimal($0, digits: 3) } ?? "",
        layer.floatMs.map { decimal($0, digits: 3) } ?? "")
    }
    return table.text
  }

  private func decibelText(_ decibels: Double?) -> String {
    decibels.map { decimal($0, digits: 1) } ?? ""
  }

  /// Digits as far as they say something.
  private func number(_ value: Double) -> String {
    switch value.magnitude {
    case 1e6...: scientific(value)
    case 100...: decimal(value, digits: 0)
    case 0: "0"
    case ..<0.001: scientific(value)
    default:
      decimal(value, digits: value.rounded() == value ? 0 : value.magnitude < 1 ? 3 : 1)
    }
  }
}
