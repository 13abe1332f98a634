// SPDX-License-Identifier: Apache-2.0

/// What was written as ONNX.
struct ExportReport: Encodable {
  /// Absent when the model was only looked at.
  let file: String?
  let model: String
  let modelBytes: Int
  let fileBytes: Int?
  /// Absent when the model was written as it is.
  let quantization: QuantizationReport?
  /// Absent unless weights were stored in fewer bits.
  var storage: StorageReport?
}

extension ExportReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    [size, quantization.map { "\($0)" }, storage.map { "\($0)" }].compactMap(\.self).joined(
      separator: "\n\n")
  }

  private var size: String? {
    guard let file, let fileBytes else { return nil }
    let part = percent(Double(fileBytes) / Double(max(modelBytes, 1)))
    return "\(file): \(grouped(fileBytes)) bytes, \(part) of the \(grouped(modelBytes)) of "
      + model
  }
}
