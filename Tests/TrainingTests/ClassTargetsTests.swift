// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Training

@Suite("targets of the cross-entropy") struct ClassTargetsTests {
  private typealias Row = [(target: ExampleTarget, part: Double)]

  private static let logits: [[Double]] = [[1, 2, -1, 0.5], [0, 0.25, 3, -2], [-1, 1, 1, 0]]
  private static let labels = [1, 3, 0]

  private func loss(_ rows: [Float], _ logits: [[Double]] = logits) -> Double {
    var loss = 0.0
    for (row, values) in logits.enumerated() {
      let normalizer = log(values.map(exp).reduce(0, +))
      for (column, value) in values.enumerated() {
        loss -= Double(rows[4 * row + column]) * (value - normalizer)
      }
    }
    return loss
  }

  private func rows(_ labels: [Int]) -> [Row] { labels.map { [(.label($0), 1)] } }

  /// Rows are rounded to float32, each by 2⁻²⁴, and log p is at most 5.1 here.
  private let tolerance = 12 * 5.1 * 0x1p-24

  /// From PyTorch 2.15, in float64: `CrossEntropyLoss()(l, y)` and
  /// `CrossEntropyLoss(weight=w, label_smoothing=0.1)(l, y)`.
  @Test func givePyTorchsLoss() {
    let plain = ClassTargets(classWeights: [1, 1, 1, 1])
    let found = loss(plain.rows(rows(Self.labels), weights: [1, 1, 1]))
    #expect((found - 2.8421635504455325).magnitude < tolerance)
    let weighted = ClassTargets(labelSmoothing: 0.1, classWeights: [0.5, 2, 1, 3])
    let other = loss(weighted.rows(rows(Self.labels), weights: [1, 1, 1]))
    #expect((other - 3.110794589290554).magnitude < tolerance)
  }

  @Test func areOneHotOverTheBatch() {
    let targets = ClassTargets(classWeights: [1, 1, 1])
    #expect(
      targets.rows(rows([2, 0]), weights: [1, 1]) == [0, 0, 0.5, 0.5, 0, 0])
  }

  @Test func spreadASmoothedPart() {
    let targets = ClassTargets(labelSmoothing: 0.25, classWeights: [1, 1, 1, 1])
    #expect(targets.rows(rows([1]), weights: [1]) == [0.0625, 0.8125, 0.0625, 0.0625])
  }

  @Test("rows that only fill the batch change nothing")
  func filled() {
    let targets = ClassTargets(labelSmoothing: 0.1, classWeights: [0.5, 2, 1, 3])
    let whole = targets.rows(rows([1, 3]), weights: [1, 1])
    let filled = targets.rows(rows([1, 3, 3]), weights: [1, 1, 0])
    #expect(filled == whole + [0, 0, 0, 0])
    #expect(targets.rows(rows([1]), weights: [0]) == [0, 0, 0, 0])
  }

  @Test("a mixture has the mixture of its parts' rows")
  func mixed() {
    let targets = ClassTargets(labelSmoothing: 0.1, classWeights: [0.5, 2, 1, 3])
    let mixture = targets.rows([[(.label(1), 0.75), (.label(3), 0.25)]], weights: [1])
    // Not yet divided, a sample's row is its own times its class's weight.
    let first = targets.rows(rows([1]), weights: [1]).map { Double($0) * 2 }
    let second = targets.rows(rows([3]), weights: [1]).map { Double($0) * 3 }
    for (index, value) in mixture.enumerated() {
      let expected = (0.75 * first[index] + 0.25 * second[index]) / (0.75 * 2 + 0.25 * 3)
      #expect((Double(value) - expected).magnitude < 1e-6)
    }
  }

  @Test func numbersAreMixedToo() {
    let rows = valueRows([
      [(.values([1, 2]), 0.25), (.values([5, 6]), 0.75)], [(.values([3, 4]), 1)],
    ])
    #expect(rows == [4, 5, 3, 4])
  }
}
