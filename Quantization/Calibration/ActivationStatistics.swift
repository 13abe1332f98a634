// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// What was seen of one value of a model over all samples.
///
/// Nothing in it grows with the number of samples.
package struct ActivationStatistics: Sendable {
  package private(set) var least = Float.infinity
  package private(set) var greatest = -Float.infinity

  /// Means of the runs' own extremes, later runs weighing no more than earlier ones.
  package private(set) var meanLeast = 0.0
  package private(set) var meanGreatest = 0.0

  package private(set) var runCount = 0
  package private(set) var histogram = Histogram()
  package private(set) var channels: ChannelStatistics

  package init(channels: Int) {
    self.channels = ChannelStatistics(channels: channels)
  }

  /// Takes the value of one run; `false`, and nothing changes, when it is not finite.
  package mutating func add(_ values: [Float]) -> Bool {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for value in values {
      guard value.isFinite else { return false }
      least = min(least, value)
      greatest = max(greatest, value)
    }
    self.least = min(self.least, least)
    self.greatest = max(self.greatest, greatest)
    runCount += 1
    meanLeast += (Double(least) - meanLeast) / Double(runCount)
    meanGreatest += (Double(greatest) - meanGreatest) / Double(runCount)
    histogram.add(values, magnitude: max(-least, greatest))
    channels.add(values)
    return true
  }

  /// Takes what was seen of another value that shares the scale of this one; channels stay apart.
  mutating func join(_ other: ActivationStatistics) {
    least = min(least, other.least)
    greatest = max(greatest, other.greatest)
    meanLeast = min(meanLeast, other.meanLeast)
    meanGreatest = max(meanGreatest, other.meanGreatest)
    histogram.add(other.histogram)
  }
}
