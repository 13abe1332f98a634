// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The standard error stream, to `print` to.
struct StandardError: TextOutputStream {
  mutating func write(_ string: String) {
    FileHandle.standardError.write(Data(string.utf8))
  }
}

/// Prints one line to standard error.
func printError(_ message: String) {
  var stream = StandardError()
  print(message, to: &stream)
}
