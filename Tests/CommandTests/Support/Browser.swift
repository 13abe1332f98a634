// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Headless Chromium, which `tools/setup browser` installs.
enum Browser {
  static let skipMessage: Comment = "run tools/setup browser first"

  static let executable: String? = {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return ["chromium-headless-shell", "chromium", "google-chrome"]
      .flatMap { name in folders.map { "\($0)/\(name)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static var isAvailable: Bool { executable != nil }

  /// Opens a page, lets its scripts finish, and returns the document as it is then.
  static func document(of page: String, in folder: TemporaryFolder) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: try #require(executable))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-extensions",
      "--user-data-dir=\(folder.file("profile"))", "--virtual-time-budget=2000",
      "--window-size=1400,900", "--dump-dom", "file://\(page)",
    ]
    process.standardOutput = try folder.create("document")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: try folder.read("document"), as: UTF8.self)
  }
}
