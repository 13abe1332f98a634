// SPDX-License-Identifier: Apache-2.0

/// A byte offset as people look it up.
func place(_ byteOffset: Int) -> String {
  "byte \(byteOffset) (0x\(String(byteOffset, radix: 16)))"
}

/// A name from a file in quotes, safe to print.
func quoted(_ name: String) -> String { "\"\(escaped(name))\"" }

/// A text from a file, safe to print: control characters shown as code points, length limited.
///
/// A model file is a stranger's; its names must not steer the terminal.
package func escaped(_ name: String) -> String {
  let limit = 100
  var text = ""
  for scalar in name.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return name.unicodeScalars.count > limit ? text + "…" : text
}

/// Items as an enumeration, limited in length.
func listed(_ items: [String]) -> String {
  let limit = 20
  let shown = items.prefix(limit).joined(separator: ", ")
  return items.count > limit ? "\(shown) and \(items.count - limit) more" : shown
}
