// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorFiles
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

  /// What a script makes of a page: it runs when the page is complete and says `const verdict`.
  ///
  /// A copy of the page is opened, which keeps its errors in `window.errors`.
  static func verdict<Verdict: Decodable>(
    of page: String, script: String, in folder: TemporaryFolder
  ) throws -> Verdict {
    let original = String(decoding: try readFile(page), as: UTF8.self)
    let changed = original.replacing("<style>", with: "\(prelude)\n<style>", maxReplacements: 1)
      .replacing(
        "</body>", with: "<script>\n{\n\(script)\n\(epilogue)}\n</script>\n</body>",
        maxReplacements: 1)
    let copy = try folder.write("checked.html", Array(changed.utf8))
    let document = try document(of: copy, in: folder)
    let start = try #require(document.range(of: "<pre id=\"verdict\">"))
    let end = try #require(
      document.range(of: "</pre>", range: start.upperBound..<document.endIndex))
    let base64 = String(document[start.upperBound..<end.lowerBound])
    return try JSONDecoder().decode(Verdict.self, from: try #require(Data(base64Encoded: base64)))
  }

  private static let prelude = """
    <script>
    window.errors = [];
    window.addEventListener("error", (event) => window.errors.push(event.message));
    const complain = console.error;
    console.error = (...words) => { window.errors.push(words.join(" ")); complain(...words); };
    document.addEventListener("securitypolicyviolation",
      (event) => window.errors.push(`policy: ${event.violatedDirective}`));
    </script>
    """

  private static let epilogue = """
    const text = new TextEncoder().encode(JSON.stringify(verdict));
    const base64 = btoa(Array.from(text, (byte) => String.fromCharCode(byte)).join(""));
    document.body.append(Object.assign(document.createElement("pre"),
      { id: "verdict", textContent: base64 }));
    """
}
