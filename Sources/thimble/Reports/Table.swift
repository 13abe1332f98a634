// SPDX-License-Identifier: Apache-2.0

/// Rows of text in aligned columns.
struct Table {
  enum Alignment {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  /// Creates a table from its columns' headings.
  init(_ columns: (String, Alignment)...) {
    alignments = columns.map(\.1)
    rows = [columns.map(\.0)]
  }

  /// Adds a row with as many cells as there are columns.
  mutating func append(_ cells: String...) {
    precondition(cells.count == alignments.count, "one cell for each column")
    rows.append(cells)
  }

  /// The table, two spaces between columns and before the first.
  var text: String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += "  " + (alignments[column] == .left ? cell + padding : padding + cell)
      }
      return line.trimmingTrailingSpaces
    }
    return lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate var trimmingTrailingSpaces: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}
