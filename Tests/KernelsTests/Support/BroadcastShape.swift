// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The ways in which two operands can be spread over `rows × columns`.
func broadcasts(rows: Int, columns: Int) -> [uk_broadcast] {
  let (r, c) = (UInt32(rows), UInt32(columns))
  func shape(_ a: (UInt32, UInt32), _ b: (UInt32, UInt32)) -> uk_broadcast {
    uk_broadcast(
      rows: r, columns: c, a_row: a.0, a_column: a.1, b_row: b.0, b_column: b.1, reserved: (0, 0))
  }
  return [
    shape((c, 1), (c, 1)),  // same shape
    shape((c, 1), (0, 1)),  // one row for all
    shape((c, 1), (1, 0)),  // one element a row
    shape((c, 1), (0, 0)),  // a scalar
    shape((0, 1), (1, 0)),  // both repeat
    shape((1, 0), (c, 1)),
    shape((c + 3, 1), (c, 1)),  // rows apart
  ]
}

extension uk_broadcast {
  /// Elements from the first to the last that is read.
  var aCount: Int { Int((rows - 1) * a_row + (columns - 1) * a_column + 1) }
  var bCount: Int { Int((rows - 1) * b_row + (columns - 1) * b_column + 1) }

  /// The output, from a function of the two indices.
  func map<T>(_ element: (_ a: Int, _ b: Int) -> T) -> [T] {
    (0..<rows).flatMap { row in
      (0..<columns).map { column in
        element(Int(row * a_row + column * a_column), Int(row * b_row + column * b_column))
      }
    }
  }

  /// The operand that has the output's own layout, if any.
  var overwritableInput: Int? {
    if a_row == columns && a_column == 1 { return 0 }
    if b_row == columns && b_column == 1 { return 1 }
    return nil
  }
}
