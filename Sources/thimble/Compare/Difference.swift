// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph

/// How far a tensor is from what a peer computed.
struct Difference: Encodable {
  let largest: Double
  let mean: Double
  /// The peer's power over the power of the difference, in decibels; absent when nothing differs.
  let signalToNoiseDb: Double?

  /// Compares elements in the same order; those that are the same infinity, or both not a number,
  /// do not differ.
  init(_ ours: [Double], _ peer: [Double]) {
    var (largest, sum, noise, signal) = (0.0, 0.0, 0.0, 0.0)
    for (own, other) in zip(ours, peer) {
      let difference = distance(own, other)
      largest = max(largest, difference)
      sum += difference
      if difference.isFinite { noise += difference * difference }
      if other.isFinite { signal += other * other }
    }
    self.largest = largest
    mean = sum / Double(max(ours.count, 1))
    signalToNoiseDb = noise > 0 ? 10 * log10(signal / noise) : nil
  }

  /// JSON has no infinity: a ratio or a difference that is none is absent.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(largest.isFinite ? largest : nil, forKey: .largest)
    try container.encodeIfPresent(mean.isFinite ? mean : nil, forKey: .mean)
    let ratio = signalToNoiseDb.flatMap { $0.isFinite ? $0 : nil }
    try container.encodeIfPresent(ratio, forKey: .signalToNoiseDb)
  }

  private enum CodingKeys: String, CodingKey {
    case largest, mean, signalToNoiseDb
  }
}

/// The distance of two elements; infinite when one alone is not a number.
func distance(_ own: Double, _ other: Double) -> Double {
  if own == other || own.isNaN && other.isNaN { return 0 }
  let difference = abs(own - other)
  return difference.isNaN ? .infinity : difference
}
