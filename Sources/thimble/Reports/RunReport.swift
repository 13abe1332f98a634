// SPDX-License-Identifier: Apache-2.0
import Importers
import TensorCore
import TensorFiles

/// What a run gave.
struct RunReport: Encodable {
  struct Output: Encodable {
    let name: String
    let dtype: String
    let shape: [Int]
    /// The file that holds it; absent when none was asked for.
    let path: String?
    /// The first elements as stored; those that JSON has no number for are absent.
    let firstValues: [Double?]
  }

  /// The elements of each output that are shown.
  static let shownValueCount = 10

  let file: String
  let outputs: [Output]
  /// Where the time goes, when asked for.
  let profile: ProfileReport?

  /// Describes results and, in the same order, the files they went to.
  init(
    file: String, _ results: [NamedTensor], paths: [String]?, profile: ProfileReport? = nil
  ) {
    self.file = file
    self.profile = profile
    outputs = results.enumerated().map { index, result in
      let values = result.tensor.storedValues.prefix(Self.shownValueCount)
      return Output(
        name: result.name, dtype: "\(result.tensor.type.dtype.name)",
        shape: result.tensor.type.shape.extents, path: paths?[index],
        firstValues: values.map { $0.isFinite ? $0 : nil })
    }
  }
}

extension RunReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    (outputs.map(text) + (profile.map { ["\n\($0)"] } ?? [])).joined(separator: "\n")
  }

  private func text(_ output: Output) -> String {
    let shape = Shape(output.shape)
    let destination = output.path.map { " → \($0)" } ?? ""
    let values = output.firstValues.map { $0.map { "\(Float($0))" } ?? "not finite" }
    let rest = shape.elementCount > values.count ? ", …" : ""
    return """
      \(escaped(output.name)): \(output.dtype) \(shape)\(destination)
        \(values.joined(separator: ", "))\(rest)
      """
  }
}
