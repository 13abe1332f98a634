// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// An operand of a sum, or a part of a whole, that is so much smaller than the result that the
/// result's scale hardly shows it.
struct UnequalOperands: Cause {
  static let name = "operands of different size"

  /// Three bits are left of it: what is normally distributed has 11 dB to its rounding.
  private static let limit = 8.0

  func findings(in evidence: Evidence) -> [Finding] {
    guard !evidence.variety.isTooLittle else { return [] }
    return evidence.graph.nodes.enumerated().compactMap { index, node in
      guard evidence.scheme.placement.isInteger[index],
        node.operation is Add || node.operation is Concatenation,
        let scale = evidence.scheme.activations[node.outputs[0]]?.scales[0]
      else { return nil }
      let operands = evidence.graph.activations(of: index)
      let seen = operands.compactMap { evidence.statistics[$0] }
      guard seen.count == operands.count, seen.count > 1 else { return nil }
      let levels = seen.map {
        (Double(max($0.greatest, 0)) - Double(min($0.least, 0))) / Double(scale)
      }
      guard let least = levels.min(), let greatest = levels.max(), least > 0, least <= Self.limit
      else { return nil }
      return Finding(
        cause: Self.name, place: node.name,
        measure: .init("levels of the smallest operand", least), limit: Self.limit,
        details: [.init("levels of the greatest operand", greatest)],
        advice: "keep it in int16 or float",
        remedies: evidence.kept([index] + evidence.consumers[node.outputs[0].id]))
    }
  }
}
