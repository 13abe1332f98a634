// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Prints a report as one JSON object on one line: keys in snake case, sorted.
func printJSON(_ report: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  print(String(decoding: try encoder.encode(report), as: UTF8.self))
}
