// SPDX-License-Identifier: Apache-2.0

/// What was seen of each channel, the last axis, of a value.
package struct ChannelStatistics: Sendable {
  package private(set) var least: [Float]
  package private(set) var greatest: [Float]
  private var sums: [Double]
  private var rowCount = 0

  package init(channels: Int) {
    least = [Float](repeating: .infinity, count: channels)
    greatest = [Float](repeating: -.infinity, count: channels)
    sums = [Double](repeating: 0, count: channels)
  }

  package var channelCount: Int { sums.count }

  /// The mean of each channel.
  package var means: [Double] { sums.map { $0 / Double(max(rowCount, 1)) } }

  /// The greatest magnitude of each channel.
  package var magnitudes: [Float] { zip(least, greatest).map { max(-$0, $1, 0) } }

  /// Takes rows of all channels.
  mutating func add(_ values: [Float]) {
    let channels = channelCount
    for row in stride(from: 0, to: values.count, by: channels) {
      for channel in 0..<channels {
        let value = values[row + channel]
        least[channel] = min(least[channel], value)
        greatest[channel] = max(greatest[channel], value)
        sums[channel] += Double(value)
      }
    }
    rowCount += values.count / channels
  }
}
