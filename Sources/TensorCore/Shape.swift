// SPDX-License-Identifier: Apache-2.0

/// The extents of a tensor, outermost first.
///
/// Images are `[batch, height, width, channels]`.
///
/// Every extent is non-negative and the element count fits `Shape.maximumElementCount`, so that
/// byte counts and flat indices never overflow.
public struct Shape: Hashable, Sendable {
  /// The largest element count a shape may have: 2³¹ − 1, the reach of a program's 32-bit counts.
  public static let maximumElementCount = Int(Int32.max)

  /// The size of each axis, in elements.
  public let extents: [Int]

  /// The product of the extents; 1 for a scalar.
  public let elementCount: Int

  /// Creates a shape, or `nil` when an extent is negative or the element count too large.
  public init?(checking extents: [Int]) {
    // An extent of 0 must not hide others whose strides overflow.
    var count = 1
    for extent in extents {
      guard extent >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= Shape.maximumElementCount else { return nil }
      count = product
    }
    self.extents = extents
    elementCount = extents.contains(0) ? 0 : count
  }

  /// Creates a shape known to be valid.
  ///
  /// - Precondition: extents are non-negative and their product is at most `maximumElementCount`.
  public init(_ extents: [Int]) {
    guard let shape = Shape(checking: extents) else {
      preconditionFailure("invalid shape")
    }
    self = shape
  }

  /// The number of axes.
  public var rank: Int { extents.count }

  /// The extent of an axis; a negative axis counts from the last.
  public subscript(axis: Int) -> Int { extents[axis < 0 ? axis + rank : axis] }

  /// The distance between neighbours along each axis of the contiguous tensor, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    var axis = rank - 2
    while axis >= 0 {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
      axis -= 1
    }
    return strides
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Creates a shape known to be valid from its extents.
  public init(arrayLiteral extents: Int...) { self.init(extents) }
}

extension Shape: CustomStringConvertible {
  /// The extents as `1x224x224x3`; `scalar` for rank 0.
  public var description: String {
    guard let first = extents.first else { return "scalar" }
    var text = "\(first)"
    for extent in extents.dropFirst() { text += "x\(extent)" }
    return text
  }
}
