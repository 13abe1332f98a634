// SPDX-License-Identifier: Apache-2.0

/// What was written as ONNX.
struct ExportReport: Encodable {
  let file: String
  let model: String
  let modelBytes: Int
  let fileBytes: Int
  /// Absent when the model was written as it is.
  let quantization: QuantizationReport?
  /// Absent unless weights were stored in fewer bits.
  var storage: StorageReport?
}

extension ExportReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    let part = percent(Double(fileBytes) / Double(max(modelBytes, 1)))
    let size = "\(grouped(fileBytes)) bytes, \(part) of the \(grouped(modelBytes)) of \(model)"
    return "\(file): \(size)" + (quantization.map { "\n\n\($0)" } ?? "")
      + (storage.map { "\n\n\($0)" } ?? "")
  }
}
