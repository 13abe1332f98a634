// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The standard error stream, to `print` to.
struct StandardError: TextOutputStream {
  mutating func write(_ string: String) {
    FileHandle.standardError.write(Data(string.utf8))
  }
}

/// Prints a message to standard error; what could steer a terminal is made visible.
func printError(_ message: String) {
  var stream = StandardError()
  let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
  print(lines.map(visible).joined(separator: "\n"), to: &stream)
}

/// A line with control and format characters, which names from files may hold, as `\u{1b}`.
private func visible(_ line: Substring) -> String {
  var text = ""
  for scalar in line.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator:
      text += "\\u{\(String(scalar.value, radix: 16))}"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return text
}
