// SPDX-License-Identifier: Apache-2.0

/// A range of a model file: shares the file's storage, copies nothing.
struct ByteWindow {
  let file: [UInt8]

  /// Inside `file.indices`.
  let range: Range<Int>

  var byteOffset: Int { range.lowerBound }
  var byteCount: Int { range.count }

  /// A copy of the bytes.
  var bytes: [UInt8] { Array(file[range]) }

  func string() throws(ImportError) -> String {
    guard let string = String(validating: file[range], as: UTF8.self) else {
      throw .malformed(.invalidUTF8, byteOffset: byteOffset)
    }
    return string
  }
}
