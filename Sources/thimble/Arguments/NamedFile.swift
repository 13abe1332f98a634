// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// `NAME=FILE`: an input of a program and the file that holds its contents.
struct NamedFile: ExpressibleByArgument {
  let name: String
  let path: String

  init?(argument: String) {
    guard let separator = argument.firstIndex(of: "=") else { return nil }
    name = String(argument[..<separator])
    path = String(argument[argument.index(after: separator)...])
    if path.isEmpty { return nil }
  }
}
