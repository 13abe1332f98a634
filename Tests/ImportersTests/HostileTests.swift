// SPDX-License-Identifier: Apache-2.0
import Importers
import Testing

/// The corpus of hostile files: each refused with its own typed, located error.
struct HostileTests {
  static let expected = hostileONNXErrors.merging(hostileTFLiteErrors) { first, _ in first }

  @Test(arguments: try ModelFiles.hostileNames())
  func isRefused(name: String) throws {
    let error = try #require(importError(ModelFiles.hostile(name)))
    let expected = try #require(Self.expected[name], "no expectation; it was \(error)")
    // A scale that is not a number does not equal itself; its text does.
    #expect(error == expected || "\(error)" == "\(expected)")
  }

  @Test func everyFileIsExplained() throws {
    let readme = String(decoding: try ModelFiles.hostile("README.md"), as: UTF8.self)
    let names = try ModelFiles.hostileNames()
    for name in names { #expect(readme.contains("- `\(name)`: ")) }
    #expect(Set(names) == Set(Self.expected.keys))
  }

  @Test func namesCannotSteerTheTerminal() throws {
    let error = try #require(importError(ModelFiles.hostile("terminal_escape.onnx")))
    #expect("\(error)".contains(#"\u{1b}[2J\u{7}"#))
    #expect("\(error)".unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 })
  }
}
