// SPDX-License-Identifier: Apache-2.0

// The packing that serves every instruction set; the layouts are defined in ukernels.inc.

/// Columns of one panel, and the multiple that per-column constants are padded to.
package let panelWidth = 16

/// Packs the weights of a matrix product or convolution into panels of 16 columns.
///
/// `weights` is `[columns, taps, depth]`, the last axis fastest; `group` neighbours along the depth
/// are kept together: 4 for int8, 1 for float32. The result is
/// `[⌈columns/16⌉][taps][⌈depth/group⌉][16][group]`, filled up with `padding`.
package func packPanels<Element: ExpressibleByIntegerLiteral>(
  _ weights: [Element], columns: Int, taps: Int, depth: Int, group: Int, padding: Element = 0
) -> [Element] {
  precondition(weights.count == columns * taps * depth, "one weight for each column, tap and depth")
  let panels = (columns + panelWidth - 1) / panelWidth
  let groups = (depth + group - 1) / group
  var packed = [Element](repeating: padding, count: panels * taps * groups * panelWidth * group)
  for column in 0..<columns {
    let (panel, lane) = column.quotientAndRemainder(dividingBy: panelWidth)
    for tap in 0..<taps {
      let source = (column * taps + tap) * depth
      let block = (panel * taps + tap) * groups
      for k in 0..<depth {
        let (quad, position) = k.quotientAndRemainder(dividingBy: group)
        packed[((block + quad) * panelWidth + lane) * group + position] = weights[source + k]
      }
    }
  }
  return packed
}

/// Pads the last axis of `[rows, columns]` to a multiple of 16 with 0: depthwise weights, biases,
/// scales.
package func padColumns<Element: ExpressibleByIntegerLiteral>(
  _ values: [Element], columns: Int
) -> [Element] {
  precondition(columns > 0 && values.count % columns == 0, "whole rows")
  let padding = [Element](repeating: 0, count: (panelWidth - columns % panelWidth) % panelWidth)
  guard !padding.isEmpty else { return values }
  return stride(from: 0, to: values.count, by: columns).flatMap { row in
    values[row..<row + columns] + padding
  }
}
