// SPDX-License-Identifier: Apache-2.0
import Quantization
import Compiler
import TestSupport
import Testing

struct HistogramTests {
  @Test("values are counted once, zeros apart, however the range grows")
  func growth() {
    var histogram = Histogram()
    histogram.add([0, 0, 0.25, -0.25], magnitude: 0.25)
    histogram.add([100, -3, 0], magnitude: 100)
    #expect(histogram.totalCount == 7)
    #expect(histogram.zeroCount == 3)
    #expect(histogram.limit >= 100)
    let negative = histogram.counts[..<(Histogram.binCount / 2)].reduce(0, +)
    #expect(negative == 2)
  }

  @Test("joining bins gives what counting anew gives")
  func joining() {
    var random = SplitMix64(seed: 7)
    let small = (0..<1000).map { _ in Float.random(in: -0.9...0.9, using: &random) }
    let large = (0..<1000).map { _ in Float.random(in: -700...700, using: &random) }
    var grown = Histogram()
    grown.add(small, magnitude: 0.9)
    grown.add(large, magnitude: 700)
    var whole = Histogram()
    whole.add([700], magnitude: 700)
    whole.add(small + large, magnitude: 700)
    #expect(grown.limit == whole.limit)
    #expect(
      zip(grown.counts, whole.counts).reduce(0) { $0 + abs($1.0 - $1.1) } == 1,
      "but for the value that set the range")
  }

  @Test("another histogram's counts are taken whole")
  func addition() {
    var first = Histogram()
    first.add([0.5, -0.25, 0], magnitude: 0.5)
    var second = Histogram()
    second.add([8, 0.125, 0, 0], magnitude: 8)
    first.add(second)
    #expect(first.totalCount == 7)
    #expect(first.zeroCount == 3)
    first.add(Histogram())
    #expect(first.totalCount == 7)
  }
}
