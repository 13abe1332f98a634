// SPDX-License-Identifier: Apache-2.0

/// One self-contained page about a program: no network, no other file.
///
/// Names come from a file by a stranger. They reach the page as JSON inside a data block in which
/// no markup can start, and the scripts make nothing but text of them. The page's own policy
/// forbids it to load anything.
struct ProgramPage {
  let data: PageData

  /// The page as UTF-8.
  func html() throws -> [UInt8] {
    let json = try encodedJSON(data).replacing("<", with: "\\u003c")
    var page = ""
    var rest = Self.text(PackageResources.page_html)[...]
    for (placeholder, contents) in [
      ("{{style}}", Self.text(PackageResources.page_css)), ("{{data}}", json),
      ("{{scripts}}", Self.scripts),
    ] {
      guard let place = rest.firstRange(of: placeholder) else {
        preconditionFailure("the page has a place for each part")
      }
      page += rest[..<place.lowerBound] + contents
      rest = rest[place.upperBound...]
    }
    return Array((page + rest).utf8)
  }

  /// In the order they build the page.
  private static var scripts: String {
    let resources = [
      PackageResources.page_js, PackageResources.totals_js, PackageResources.arena_js,
      PackageResources.steps_js, PackageResources.layout_js, PackageResources.graph_js,
    ]
    return resources.map { "<script>\n\(text($0))</script>" }.joined(separator: "\n")
  }

  private static func text(_ resource: [UInt8]) -> String {
    String(decoding: resource, as: UTF8.self)
  }
}
