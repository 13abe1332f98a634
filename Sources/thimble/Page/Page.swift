// SPDX-License-Identifier: Apache-2.0

/// One self-contained page: no network, no other file.
///
/// Names come from a file by a stranger. They reach the page as JSON inside a data block in which
/// no markup can start, and the scripts make nothing but text of them. The page's own policy
/// forbids it to load anything.
struct Page {
  /// The command that makes it.
  private let maker: String
  private let styles: [[UInt8]]
  private let json: String
  /// In the order they build the page.
  private let scripts: [[UInt8]]

  /// A page about a program.
  static func program(_ data: PageData) throws -> Page {
    Page(
      maker: "thimble inspect --html", styles: [PackageResources.page_css],
      json: try encodedJSON(data),
      scripts: [
        PackageResources.elements_js, PackageResources.page_js, PackageResources.totals_js,
        PackageResources.arena_js, PackageResources.steps_js, PackageResources.layout_js,
        PackageResources.graph_js,
      ])
  }

  /// A page about what int8 does to a model.
  static func diagnosis(of model: String, _ report: QuantizationReport) throws -> Page {
    struct Data: Encodable {
      let model: String
      let report: QuantizationReport
    }
    return Page(
      maker: "thimble quantize --diagnose",
      styles: [PackageResources.page_css, PackageResources.diagnosis_css],
      json: try encodedJSON(Data(model: model, report: report)),
      scripts: [
        PackageResources.elements_js, PackageResources.diagnosis_js,
        PackageResources.findings_js, PackageResources.cures_js, PackageResources.layers_js,
      ])
  }

  /// A page about a training.
  static func training(_ report: TrainingReport) throws -> Page {
    Page(
      maker: "thimble train",
      styles: [PackageResources.page_css, PackageResources.training_css],
      json: try encodedJSON(report),
      scripts: [
        PackageResources.elements_js, PackageResources.curves_js, PackageResources.training_js,
        PackageResources.norms_js, PackageResources.confusion_js,
      ])
  }

  /// The page as UTF-8.
  func html() -> [UInt8] {
    var page = ""
    var rest = Self.text(PackageResources.page_html)[...]
    for (placeholder, contents) in [
      ("{{style}}", styles.map(Self.text).joined()), ("{{maker}}", maker),
      ("{{data}}", json.replacing("<", with: "\\u003c")),
      (
        "{{scripts}}",
        scripts.map { "<script>\n\(Self.text($0))</script>" }.joined(separator: "\n")
      ),
    ] {
      guard let place = rest.firstRange(of: placeholder) else {
        preconditionFailure("the page has a place for each part")
      }
      page += rest[..<place.lowerBound] + contents
      rest = rest[place.upperBound...]
    }
    return Array((page + rest).utf8)
  }

  private static func text(_ resource: [UInt8]) -> String {
    String(decoding: resource, as: UTF8.self)
  }
}
