// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A report as one JSON object on one line: keys in snake case, sorted.
func encodedJSON(_ report: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(report), as: UTF8.self)
}

/// Prints a report as JSON, on one line.
func printJSON(_ report: some Encodable) throws { print(try encodedJSON(report)) }
