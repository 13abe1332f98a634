// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The ways in which two operands can be spread over `rows × columns`, and over four axes.
///
/// `rows` is a multiple of 3.
func broadcasts(rows: Int, columns: Int) -> [uk_broadcast] {
  let (r, c) = (UInt32(rows), UInt32(columns))
  func shape(_ a: (UInt32, UInt32), _ b: (UInt32, UInt32)) -> uk_broadcast {
    uk_broadcast(extents: (1, 1, r, c), a: (0, 0, a.0, a.1), b: (0, 0, b.0, b.1))
  }
  return [
    shape((c, 1), (c, 1)),  // same shape
    shape((c, 1), (0, 1)),  // one row for all
    shape((c, 1), (1, 0)),  // one element a row
    shape((c, 1), (0, 0)),  // a scalar
    shape((0, 1), (1, 0)),  // both repeat
    shape((1, 0), (c, 1)),
    shape((c + 3, 1), (c, 1)),  // rows apart
    // Both operands repeat along axes that the other has, and along axes inside them.
    uk_broadcast(extents: (r / 3, 3, 1, c), a: (3 * c, c, 0, 1), b: (c, 0, 0, 1)),
    uk_broadcast(extents: (3, r / 3, 1, c), a: (1, 0, 0, 0), b: (0, 2 * c, 0, 1)),
    uk_broadcast(extents: (1, 3, r / 3, c), a: (0, c, 0, 1), b: (0, 0, 1, 0)),
  ]
}

extension uk_broadcast {
  var rows: Int { Int(extents.0 * extents.1 * extents.2) }

  /// The flat indices that an operand of these strides is read at, in the order of the output.
  private func indices(_ strides: (UInt32, UInt32, UInt32, UInt32)) -> [Int] {
    var indices: [UInt32] = [0]
    let axes = [
      (extents.0, strides.0), (extents.1, strides.1), (extents.2, strides.2),
      (extents.3, strides.3),
    ]
    for (extent, stride) in axes {
      indices = indices.flatMap { base in (0..<extent).map { base + $0 * stride } }
    }
    return indices.map { Int($0) }
  }

  /// Elements from the first to the last that is read.
  var aCount: Int { (indices(a).max() ?? 0) + 1 }
  var bCount: Int { (indices(b).max() ?? 0) + 1 }

  /// The output, from a function of the two indices.
  func map<T>(_ element: (_ a: Int, _ b: Int) -> T) -> [T] {
    zip(indices(a), indices(b)).map { element($0, $1) }
  }

  /// The operand that has the output's own layout, if any.
  var overwritableInput: Int? {
    let whole = Array(0..<rows * Int(extents.3))
    if indices(a) == whole { return 0 }
    return indices(b) == whole ? 1 : nil
  }
}
