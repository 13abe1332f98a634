// SPDX-License-Identifier: Apache-2.0
import Compiler
import Operators
import Quantization
import Testing

struct ExpectedChangesTests {
  /// A normal number, by the sum of twelve even ones.
  private func normal(_ random: inout SplitMix64) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0...1, using: &random) }
  }

  @Test("the share is what is counted when the noise is normal", arguments: [0.1, 0.3, 1])
  func share(deviation: Double) {
    var random = SplitMix64(seed: 5)
    var expected = ExpectedChanges()
    var changed = 0
    let (runs, classes) = (4000, 10)
    for _ in 0..<runs {
      let scores = (0..<classes).map { _ in 3 * normal(&random) }
      // All scores are off by 5 as well: that changes no answer.
      let noisy = scores.map { $0 + 5 + deviation * normal(&random) }
      expected.add(scores, noisy, classes: classes)
      let (best, other) = (greatest(scores), greatest(noisy))
      changed += best == other ? 0 : 1
    }
    let counted = Double(changed) / Double(runs)
    // Four standard errors of the count.
    let error = 4 * (counted * (1 - counted) / Double(runs)).squareRoot()
    #expect(expected.share > counted - error)
    // The union bound counts twice what two rivals overturn: rare where changes are rare.
    if counted < 0.1 { #expect(expected.share < 1.1 * counted + error) }
  }

  private func greatest(_ values: [Double]) -> Int? {
    values.indices.max { values[$0] < values[$1] }
  }

  @Test("equal scores change no answer")
  func equal() {
    var expected = ExpectedChanges()
    expected.add([1, 2, 2], [1, 2, 2], classes: 3)
    #expect(expected.share == 0)
  }
}
