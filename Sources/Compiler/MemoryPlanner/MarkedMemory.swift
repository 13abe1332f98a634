// SPDX-License-Identifier: Apache-2.0

/// Memory that knows of each byte which byte of which buffer was written there last.
///
/// Part of the plan verifier.
struct MarkedMemory {
  /// What a range of bytes holds, compared with what it should hold.
  enum Difference: Equatable {
    case none
    case unwritten
    /// A byte of this buffer is there instead.
    case other(Int)
  }

  private struct Run {
    var range: Range<Int>
    let base: Int
    /// The byte of `base` at address 0, were the run that long.
    let origin: Int
  }

  /// Ascending, apart.
  private var runs: [Run] = []

  /// Writes bytes `start…` of buffer `base`.
  mutating func mark(_ range: Range<Int>, base: Int, start: Int) {
    guard !range.isEmpty else { return }
    var kept: [Run] = []
    for run in runs {
      for part in [
        run.range.clamped(to: Int.min..<range.lowerBound),
        run.range.clamped(to: range.upperBound..<Int.max),
      ] where !part.isEmpty {
        kept.append(Run(range: part, base: run.base, origin: run.origin))
      }
    }
    kept.append(Run(range: range, base: base, origin: start - range.lowerBound))
    runs = kept.sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  /// Compares a range with bytes `start…` of buffer `base`.
  func firstDifference(_ range: Range<Int>, base: Int, start: Int) -> Difference {
    var address = range.lowerBound
    for run in runs where run.range.overlaps(range) {
      guard run.range.lowerBound <= address else { return .unwritten }
      guard run.base == base, run.origin == start - range.lowerBound else {
        return .other(run.base)
      }
      address = run.range.upperBound
    }
    return address >= range.upperBound ? .none : .unwritten
  }
}
