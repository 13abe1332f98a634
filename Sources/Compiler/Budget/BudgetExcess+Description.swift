// SPDX-License-Identifier: Apache-2.0
import Graph

extension BudgetExcess: CustomStringConvertible {
  package var description: String {
    let subject =
      switch limit {
      case .arena: "the arena"
      case .memory: "the program"
      }
    var lines = ["\(subject) needs \(neededBytes) bytes, the budget is \(budgetBytes); largest:"]
    lines += largest.map { "  \($0.byteCount) bytes: \($0)" }
    if remedies.isEmpty {
      lines.append("nothing that the compiler could try would save anything")
    } else {
      lines.append("what would help, as compiled:")
    }
    for remedy in remedies {
      let end = isEnough(remedy) ? ", which fits" : ""
      lines.append(
        "  \(remedy.change): \(remedy.neededBytes) bytes, saves \(savedBytes(by: remedy))\(end)")
    }
    return lines.joined(separator: "\n")
  }
}

extension BudgetExcess.Item: CustomStringConvertible {
  /// What it is, in words.
  package var description: String {
    switch kind {
    case .constants: "weights and tables of \(name)"
    case .activation: "\(name), live at the peak"
    case .input: "input \(name)"
    case .output: "output \(name)"
    case .state: "state: what outlives a run"
    case .scratch: "scratch of a thread"
    case .calls: "calls prepared at load"
    }
  }
}

extension BudgetExcess.Remedy.Change: CustomStringConvertible {
  /// What to do, in words.
  package var description: String {
    switch self {
    case .inPlaceDepthwise:
      "--in-place-depthwise auto"
    case .int8:
      "the model quantised to int8"
    case .input(let name, let shape):
      "the model for an input \(name) of \(shape)"
    case .int8AndInput(let name, let shape):
      "the model quantised to int8, for an input \(name) of \(shape)"
    }
  }
}
