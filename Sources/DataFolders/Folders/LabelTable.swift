// SPDX-License-Identifier: Apache-2.0

/// The rows of `labels.csv`: what is known of which picture.
///
/// Columns by name, in any order; others are passed over. `file` is a path within the folder,
/// `label` a class by name or number, `x0,y0,x1,y1` a box in pixels, `mask` a path within the
/// folder. Fields may be in double quotes, as in RFC 4180, but do not go over lines.
struct LabelTable {
  struct Row: Equatable {
    let line: Int
    let file: String
    let label: String?
    let box: Box?
    let mask: String?
  }

  let rows: [Row]
  let kinds: Set<Truth.Kind>

  private struct Problem: Error {
    let line: Int
    let cause: TableProblem
  }

  private enum Column: String, CaseIterable {
    case file, label, x0, y0, x1, y1, mask
  }

  private static let boxColumns: [Column] = [.x0, .y0, .x1, .y1]

  /// Reads a table.
  ///
  /// - Throws: `DataFolderError.table` with the line; the first line is 1.
  init(_ bytes: [UInt8], path: String) throws(DataFolderError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .table(path: path, line: 1, .notText)
    }
    do throws(Problem) {
      (rows, kinds) = try Self.parse(DataFolders.lines(of: text))
    } catch {
      throw .table(path: path, line: error.line, error.cause)
    }
  }

  private static func parse(_ lines: [String]) throws(Problem) -> ([Row], Set<Truth.Kind>) {
    guard let header = lines.first, !header.isEmpty else {
      throw Problem(line: 1, cause: .noHeader)
    }
    let names = try fields(of: header, line: 1)
    let positions = try positions(of: names)
    var kinds: Set<Truth.Kind> = []
    if positions[.label] != nil { kinds.insert(.label) }
    if positions[.mask] != nil { kinds.insert(.mask) }
    if positions[.x0] != nil && positions[.label] != nil { kinds.insert(.box) }

    var rows: [Row] = []
    for (index, text) in lines.enumerated().dropFirst() where !text.isEmpty {
      let line = index + 1
      let fields = try fields(of: text, line: line)
      guard fields.count == names.count else {
        throw Problem(line: line, cause: .fieldCount(expected: names.count, found: fields.count))
      }
      rows.append(try row(fields, positions, line: line))
    }
    guard !rows.isEmpty else { throw Problem(line: lines.count, cause: .noRows) }
    return (rows, kinds)
  }

  private static func positions(of names: [String]) throws(Problem) -> [Column: Int] {
    var positions: [Column: Int] = [:]
    for (position, name) in names.enumerated() {
      guard let column = Column(rawValue: name) else { continue }
      guard positions.updateValue(position, forKey: column) == nil else {
        throw Problem(line: 1, cause: .duplicateColumn(name))
      }
    }
    guard positions[.file] != nil else { throw Problem(line: 1, cause: .missingColumn("file")) }
    guard Column.allCases.count(where: { $0 != .file && positions[$0] != nil }) > 0 else {
      throw Problem(line: 1, cause: .missingColumn("label"))
    }
    let missing = boxColumns.filter { positions[$0] == nil }
    if let first = missing.first, missing.count < boxColumns.count {
      throw Problem(line: 1, cause: .missingBoxColumn(first.rawValue))
    }
    return positions
  }

  private static func row(
    _ fields: [String], _ positions: [Column: Int], line: Int
  ) throws(Problem) -> Row {
    func path(_ column: Column) throws(Problem) -> String? {
      guard let path = positions[column].map({ fields[$0] }) else { return nil }
      guard isInside(path) else { throw Problem(line: line, cause: .outsidePath(path)) }
      return path
    }
    var edges: [Double] = []
    for column in boxColumns {
      guard let position = positions[column] else { continue }
      guard let value = Double(fields[position]), value.isFinite else {
        throw Problem(
          line: line, cause: .number(column: column.rawValue, text: fields[position]))
      }
      edges.append(value)
    }
    var box: Box?
    if edges.count == boxColumns.count {
      guard edges[0] < edges[2], edges[1] < edges[3] else {
        throw Problem(line: line, cause: .emptyBox)
      }
      box = Box(x0: edges[0], y0: edges[1], x1: edges[2], y1: edges[3])
    }
    return Row(
      line: line, file: try path(.file) ?? "", label: positions[.label].map { fields[$0] },
      box: box, mask: try path(.mask))
  }

  /// The fields of a line; a quote inside a quoted field is doubled.
  private static func fields(of text: String, line: Int) throws(Problem) -> [String] {
    var fields: [String] = []
    var rest = Substring(text)
    while true {
      var field = ""
      if rest.first == "\"" {
        rest.removeFirst()
        while true {
          guard let end = rest.firstIndex(of: "\"") else {
            throw Problem(line: line, cause: .quote)
          }
          field += rest[..<end]
          rest = rest[rest.index(after: end)...]
          guard rest.first == "\"" else { break }
          field += "\""
          rest.removeFirst()
        }
        guard rest.first.map({ $0 == "," }) ?? true else {
          throw Problem(line: line, cause: .quote)
        }
      } else {
        let end = rest.firstIndex(of: ",") ?? rest.endIndex
        field = String(rest[..<end])
        rest = rest[end...]
      }
      fields.append(field)
      guard rest.first == "," else { return fields }
      rest.removeFirst()
    }
  }
}
