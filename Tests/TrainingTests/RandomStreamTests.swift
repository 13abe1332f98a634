// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

@Suite("streams of random numbers") struct RandomStreamTests {
  @Test("depend on seed, purpose and every counter")
  func names() {
    var streams = [
      RandomStream(seed: 1, .shuffle), RandomStream(seed: 2, .shuffle),
      RandomStream(seed: 1, .split), RandomStream(seed: 1, .shuffle, 0),
      RandomStream(seed: 1, .shuffle, 1), RandomStream(seed: 1, .shuffle, 0, 0),
      RandomStream(seed: 1, .shuffle, 0, 1), RandomStream(seed: 1, .shuffle, 1, 0),
    ]
    var firsts: Set<UInt64> = []
    for index in streams.indices { firsts.insert(streams[index].next()) }
    #expect(firsts.count == streams.count)
  }

  /// The mean of n numbers of mean μ and deviation σ lies within 5 σ / √n of μ but for 6 in ten
  /// million; the seed is fixed.
  @Test func haveTheirMoments() {
    let count = 100_000
    var random = RandomStream(seed: 3, .initialization)
    let uniform = (0..<count).map { _ in random.uniform() }
    let normal = (0..<count).map { _ in random.normal() }
    let root = Double(count).squareRoot()
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect((mean(uniform) - 0.5).magnitude < 5 * (1.0 / 12).squareRoot() / root)
    #expect(mean(normal).magnitude < 5 / root)
    // The variance of x² is 2, of x⁴ 96.
    #expect((mean(normal.map { $0 * $0 }) - 1).magnitude < 5 * 2.0.squareRoot() / root)
    #expect((mean(normal.map { $0 * $0 * $0 * $0 }) - 3).magnitude < 5 * 96.0.squareRoot() / root)
  }

  @Test("each number below a bound is as likely", arguments: [1, 3, 7, 10])
  func integers(bound: Int) {
    var random = RandomStream(seed: 4, .shuffle)
    var counts = [Int](repeating: 0, count: bound)
    let draws = 20_000
    for _ in 0..<draws { counts[random.integer(below: bound)] += 1 }
    let share = 1 / Double(bound)
    let deviation = (Double(draws) * share * (1 - share)).squareRoot()
    for count in counts {
      #expect((Double(count) - Double(draws) * share).magnitude <= 5 * deviation)
    }
  }

  /// `Beta(α, α)` has the mean ½ and the variance `1 / (4 (2α + 1))`.
  @Test("mixup's parts are of the beta distribution", arguments: [0.05, 0.2, 1, 4])
  func beta(alpha: Double) {
    var (random, mixup) = (RandomStream(seed: 5, .augmentation), Mixup())
    mixup.alpha = alpha
    let count = 20_000
    var parts: [Double] = []
    for _ in 0..<count { parts.append(mixup.draw(of: 10, &random).part) }
    #expect(parts.allSatisfy { (0...1).contains($0) })
    let variance = 1 / (4 * (2 * alpha + 1))
    let root = Double(count).squareRoot()
    #expect((mean(parts) - 0.5).magnitude < 5 * variance.squareRoot() / root)
    // Squares of what is at most ½ vary by less than ¼ · variance.
    let found = mean(parts.map { ($0 - 0.5) * ($0 - 0.5) })
    #expect((found - variance).magnitude < 5 * (variance / 4).squareRoot() / root)
  }

  @Test func permute() {
    var random = RandomStream(seed: 6, .shuffle)
    let order = random.permutation(of: 100)
    #expect(order.sorted() == Array(0..<100) && order != Array(0..<100))
  }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
