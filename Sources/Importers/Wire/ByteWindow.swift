// SPDX-License-Identifier: Apache-2.0

/// A range of a model file: shares the file's storage, copies nothing.
package struct ByteWindow {
  package let file: [UInt8]

  /// Inside `file.indices`.
  package let range: Range<Int>

  /// - Precondition: the range is inside the file.
  package init(file: [UInt8], range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count, "window inside the file")
    self.file = file
    self.range = range
  }

  package var byteOffset: Int { range.lowerBound }
  package var byteCount: Int { range.count }

  /// A copy of the bytes.
  package var bytes: [UInt8] { Array(file[range]) }

  package func string() throws(ImportError) -> String {
    guard let string = String(validating: file[range], as: UTF8.self) else {
      throw .malformed(.invalidUTF8, byteOffset: byteOffset)
    }
    return string
  }
}
