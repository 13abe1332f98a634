// SPDX-License-Identifier: Apache-2.0

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

  /// Opens a copy of the page.
  init(_ page: String, in folder: TemporaryFolder) throws {
    self = try Browser.verdict(of: page, script: Self.script, in: folder)
  }

  private static let script = """
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
    """
}
