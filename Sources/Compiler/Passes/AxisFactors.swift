// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Two shapes of the same elements cut into common factors, outermost first.
///
/// The axes of both are products of neighbouring factors: 6×4 and 2×3×4 have the factors 2, 3, 4.
/// Axes of extent 1 have none.
struct AxisFactors {
  /// The factors of each axis of the first shape.
  private(set) var first: [Range<Int>] = []

  /// The factors of each axis of the second shape.
  private(set) var second: [Range<Int>] = []

  /// `nil` when an axis of one shape straddles axes of the other, as in 4×6 and 6×4.
  init?(_ a: Shape, _ b: Shape) {
    var (left, right) = (a.extents[...], b.extents[...])
    var (restOfLeft, restOfRight) = (1, 1)
    var count = 0
    // The axes that are being cut began at these factors.
    var (startOfLeft, startOfRight) = (0, 0)
    while true {
      if restOfLeft == 1 {
        if first.count < a.rank - left.count { first.append(startOfLeft..<count) }
        startOfLeft = count
        if let extent = left.popFirst() { restOfLeft = extent }
      }
      if restOfRight == 1 {
        if second.count < b.rank - right.count { second.append(startOfRight..<count) }
        startOfRight = count
        if let extent = right.popFirst() { restOfRight = extent }
      }
      if first.count == a.rank, second.count == b.rank { return }
      guard restOfLeft > 1, restOfRight > 1 else { continue }
      let factor = min(restOfLeft, restOfRight)
      guard restOfLeft % factor == 0, restOfRight % factor == 0 else { return nil }
      restOfLeft /= factor
      restOfRight /= factor
      count += 1
    }
  }
}
