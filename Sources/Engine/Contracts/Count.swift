// SPDX-License-Identifier: Apache-2.0

/// A count worked out from untrusted numbers: arithmetic saturates instead of overflowing.
struct Count: Comparable, ExpressibleByIntegerLiteral {
  /// The largest count that is accepted: kernels and stored records index with 31 bits.
  static let limit = UInt64(Int32.max)

  let value: UInt64

  init(_ value: UInt64) { self.value = value }
  init(_ value: UInt32) { self.value = UInt64(value) }
  init(_ value: Int) { self.value = UInt64(value) }
  init(integerLiteral value: UInt64) { self.value = value }

  /// The count as a number, or `nil` when it is over the limit.
  var checked: Int? { value <= Count.limit ? Int(value) : nil }

  /// The count rounded up to a multiple.
  func padded(to multiple: UInt64) -> Count {
    let (sum, overflow) = value.addingReportingOverflow(multiple - 1)
    return overflow ? Count(UInt64.max) : Count(sum / multiple * multiple)
  }

  static func < (a: Count, b: Count) -> Bool { a.value < b.value }

  static func + (a: Count, b: Count) -> Count {
    let (sum, overflow) = a.value.addingReportingOverflow(b.value)
    return Count(overflow ? UInt64.max : sum)
  }

  static func * (a: Count, b: Count) -> Count {
    let (product, overflow) = a.value.multipliedReportingOverflow(by: b.value)
    return Count(overflow ? UInt64.max : product)
  }

  /// The distance from the first of `count` things to the last, `pitch` apart.
  ///
  /// - Precondition: `count` is not 0.
  static func reach(_ count: UInt32, pitch: UInt32) -> Count {
    Count(count - 1) * Count(pitch)
  }
}
