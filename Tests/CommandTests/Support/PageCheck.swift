// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorFiles
import Testing

/// What a browser makes of a page, and of some clicks.
struct PageCheck: Decodable {
  struct Rectangle: Decodable {
    let tensor: Int
    /// In steps; halves where two tensors share one.
    let start: Double
    let end: Double
    let offset: Int
    let bytes: Int
    let text: String
  }

  let errors: [String]
  let rectangles: [Rectangle]
  let peakStep: Int
  let peakText: String
  let lowerBound: Int
  let rowCount: Int
  let stepNodeCount: Int
  let portNodeCount: Int
  let edgeCount: Int
  /// The hover text of the first rectangle, as shown when it is pointed at.
  let hoverText: String
  /// How many elements of each view are marked once the last row of the table is clicked.
  let selected: [String: Int]
  /// The column of multiply-accumulates after its heading is clicked.
  let sortedMacs: [String]
  /// How many rows are left when one looks for what is nowhere.
  let foundRowCount: Int
  /// What a script from a name would have set.
  let isHacked: Bool
  let title: String
  /// Elements that would load something.
  let loadingElementCount: Int

  /// Opens a copy of the page with a script of our own at both ends.
  init(_ page: String, in folder: TemporaryFolder) throws {
    let original = String(decoding: try readFile(page), as: UTF8.self)
    let changed = original.replacing(
      "<style>", with: "\(Self.prelude)\n<style>", maxReplacements: 1
    )
    .replacing("</body>", with: "\(Self.script)\n</body>", maxReplacements: 1)
    let copy = try folder.write("checked.html", Array(changed.utf8))
    let document = try Browser.document(of: copy, in: folder)
    let start = try #require(document.range(of: "<pre id=\"verdict\">"))
    let end = try #require(
      document.range(of: "</pre>", range: start.upperBound..<document.endIndex))
    let base64 = String(document[start.upperBound..<end.lowerBound])
    self = try JSONDecoder().decode(Self.self, from: try #require(Data(base64Encoded: base64)))
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

  private static let script = """
    <script>
    {
      const all = (selector) => [...document.querySelectorAll(selector)];
      const rectangles = all("#arena .value").map((element) => ({
        tensor: Number(element.dataset.tensor), start: Number(element.dataset.start),
        end: Number(element.dataset.end), offset: Number(element.dataset.offset),
        bytes: Number(element.dataset.bytes), text: element.getAttribute("aria-label"),
      }));
      const peak = document.getElementById("peak").dataset;
      const first = all("#arena .value")[0];
      if (first) first.dispatchEvent(new PointerEvent("pointerenter", { clientX: 5, clientY: 5 }));
      const hoverText = document.getElementById("tip").textContent;
      all("#steps tbody tr").at(-1).click();
      const selected = Object.fromEntries(["arena", "steps", "graph"].map((view) =>
        [view, all(`#${view} .selected`).length]));
      const heading = all("#steps th button").find((button) => button.textContent === "MACs");
      heading.click();
      const column = heading.closest("th").cellIndex;
      const sortedMacs = all("#steps tbody tr").map((row) => row.cells[column].textContent);
      const search = document.querySelector("#steps input");
      search.value = "no-such-step-anywhere";
      search.dispatchEvent(new Event("input"));
      const verdict = {
        errors: window.errors, rectangles, peakStep: Number(peak.peakStep),
        peakText: document.getElementById("peak").textContent,
        lowerBound: Number(peak.lowerBound), rowCount: all("#steps tbody tr").length,
        stepNodeCount: all("#graph .node:not(.port)").length,
        portNodeCount: all("#graph .node.port").length, edgeCount: all("#graph .edge").length,
        hoverText, selected, sortedMacs, isHacked: window.hacked !== undefined,
        foundRowCount: all("#steps tbody tr").filter((row) => !row.hidden).length,
        title: document.title,
        loadingElementCount: all("img, link, iframe, object, script[src]").length,
      };
      const text = new TextEncoder().encode(JSON.stringify(verdict));
      const base64 = btoa(Array.from(text, (byte) => String.fromCharCode(byte)).join(""));
      document.body.append(Object.assign(document.createElement("pre"),
        { id: "verdict", textContent: base64 }));
    }
    </script>
    """
}
