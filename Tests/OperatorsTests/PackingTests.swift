// SPDX-License-Identifier: Apache-2.0
import Operators
import Testing

/// The universal packing against the index formulas of `ukernels.inc`.
@Suite struct PackingTests {
  @Test(arguments: [(1, 1, 1), (16, 1, 4), (17, 3, 5), (40, 9, 7), (5, 2, 8)], [1, 4])
  func panelsFollowTheFormula(_ shape: (columns: Int, taps: Int, depth: Int), group: Int) {
    for padding in [0, -7] as [Int32] { check(shape, group: group, padding: padding) }
  }

  private func check(
    _ shape: (columns: Int, taps: Int, depth: Int), group: Int, padding: Int32
  ) {
    let (columns, taps, depth) = shape
    let weights = (1...columns * taps * depth).map { Int32($0) }
    let packed = packPanels(
      weights, columns: columns, taps: taps, depth: depth, group: group, padding: padding)

    let groups = (depth + group - 1) / group
    #expect(packed.count == (columns + 15) / 16 * taps * groups * 16 * group)
    for (index, value) in packed.enumerated() {
      // [panel][tap][group of k][16 columns][k within the group], last fastest.
      let k = index / (16 * group) % groups * group + index % group
      let column = index / (16 * group * groups * taps) * 16 + index / group % 16
      let tap = index / (16 * group * groups) % taps
      let isPadding = column >= columns || k >= depth
      #expect(value == (isPadding ? padding : weights[(column * taps + tap) * depth + k]))
    }
  }

  @Test(arguments: [1, 15, 16, 17, 40])
  func columnsArePaddedRowByRow(_ columns: Int) {
    let values = (1...3 * columns).map { Float($0) }
    let padded = padColumns(values, columns: columns)
    let width = (columns + 15) / 16 * 16
    #expect(padded.count == 3 * width)
    for (index, value) in padded.enumerated() {
      let (row, column) = (index / width, index % width)
      #expect(value == (column < columns ? values[row * columns + column] : 0))
    }
  }
}
