// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The page of `quantize --diagnose --html`, as a browser shows it.
@Suite("thimble quantize --diagnose --html", .enabled(if: Browser.isAvailable, Browser.skipMessage))
struct DiagnosisPageTests {
  private struct PageCheck: Decodable {
    let errors: [String]
    let title: String
    let findingCount: Int
    let barCount: Int
    let cureCount: Int
    let layerNames: [String]
    let pointCount: Int
    let links: [String]
    let tip: String
    let isHacked: Bool
    let loadingElementCount: Int
  }

  private static let script = """
    const all = (selector) => [...document.querySelectorAll(selector)];
    const point = all("#layers .point")[0];
    point.dispatchEvent(new PointerEvent("pointerenter", { clientX: 5, clientY: 5 }));
    const verdict = {
      errors: window.errors, title: document.title,
      findingCount: all("#findings .finding").length,
      barCount: all("#findings .channels rect").length,
      cureCount: all("#cures tbody tr").length,
      layerNames: all("#layers tbody tr").map((row) => row.title),
      pointCount: all("#layers .point").length,
      links: all("nav a").map((link) => link.textContent),
      tip: document.getElementById("tip").textContent,
      isHacked: window.hacked !== undefined,
      loadingElementCount: all("img, link, iframe, object, script[src]").length,
    };
    """

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.file("data"), withIntermediateDirectories: false)
  }

  /// Diagnoses a model of one `1x4` input and opens the page.
  private func check(
    _ model: [UInt8], _ samples: [Float], _ more: [String] = []
  ) throws -> (PageCheck, [String: Any]) {
    _ = try folder.write("data/x.npy", [samples.count / 4, 4], samples)
    let result = try Invocation(
      [
        "quantize", folder.write("model.onnx", model), "--calibration", folder.file("data"),
        "--diagnose", "--html", folder.file("page.html"), "--json",
      ] + more)
    #expect(result.exitCode == 0, "\(result.errors)")
    let check: PageCheck = try Browser.verdict(
      of: folder.file("page.html"), script: Self.script, in: folder)
    let report = try #require(try result.json()["quantization"] as? [String: Any])
    return (check, try #require(report["diagnosis"] as? [String: Any]))
  }

  private func numbers(_ count: Int) -> [Float] {
    (0..<count).map { Float($0 * 37 % 101) / 50 - 1 }
  }

  @Test("draws what the report says")
  func small() throws {
    // One input in four is a hundred times as large.
    let samples = numbers(64).enumerated().map { $0 % 4 == 1 ? 100 * $1 : $1 }
    let (check, report) = try check(TinyModel.deep, samples, ["--no-equalize"])
    #expect(check.errors == [])
    #expect(check.title == "model.onnx in int8 – Thimble")
    #expect(check.links == ["Verdict", "Findings", "Cures", "Layers"])
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(check.layerNames == layers.map { $0["name"] as? String })
    #expect(check.pointCount == layers.count)
    #expect(check.tip.contains("in the whole int8 model"))
    let findings = try #require(report["findings"] as? [[String: Any]])
    #expect(check.findingCount == findings.count && !findings.isEmpty)
    let levels = findings.flatMap { $0["channel_levels"] as? [Double] ?? [] }
    #expect(check.barCount == levels.count && levels.count >= 4)
    #expect(check.cureCount == (report["cures"] as? [[String: Any]])?.count)
    #expect(check.loadingElementCount == 0)
  }

  @Test("names from a file stay text")
  func hostileNames() throws {
    let (check, _) = try check(TinyModel.hostileLayer, numbers(64))
    #expect(check.errors == [] && !check.isHacked && check.loadingElementCount == 0)
    #expect(check.layerNames.contains { $0.contains("</script><script>") })
  }
}
