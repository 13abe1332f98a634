// SPDX-License-Identifier: Apache-2.0

/// Why a tensor or image file cannot be read or written.
///
/// Offsets are bytes from the start of the file, or of the member for an array inside an archive.
package enum TensorFileError: Error, Equatable, Sendable {
  /// What was done to a file when the system refused.
  package enum FileOperation: String, Sendable {
    case open, read, write, sync, rename
  }

  /// A file format this module reads.
  package enum Format: String, Sendable {
    case npy, npz, png, jpeg, ppm
  }

  /// The system refused; `code` is `errno`.
  case system(FileOperation, path: String, code: Int32)
  case fileTooLarge(path: String, limit: Int)

  /// The file ends before something that needs `needed` bytes at `offset`.
  case truncated(Format, offset: Int, needed: Int, available: Int)
  /// The file does not start as its format does.
  case signature(Format)
  case trailingBytes(Format, offset: Int, count: Int)

  case npyVersion(major: UInt8, minor: UInt8)
  /// The header is not the dictionary that the format asks for.
  case npyHeader(NPYHeaderProblem, offset: Int)

  /// The archive has no readable table of contents.
  case zipDirectory(offset: Int)
  case zip64Unsupported(offset: Int)
  case zipEncrypted(member: String, offset: Int)
  case zipMethodUnsupported(member: String, method: UInt16, offset: Int)
  /// The compressed bytes are not valid or not of the stated length.
  case zipMemberCorrupt(member: String, offset: Int)
  case zipChecksum(member: String, offset: Int)
  case zipDuplicateMember(String, offset: Int)
  /// An array inside an archive is not readable; offsets of the cause are inside the member.
  indirect case member(String, TensorFileError)
  case archiveTooLarge

  case imageFormatUnknown
  /// The stated size is zero, above `Image.maximumPixelCount`, or more than the file could hold.
  case imageSize(width: Int, height: Int)
  /// The decoder's or encoder's own words.
  case imageCorrupt(Format, reason: String)
  case imageHeader(Format, offset: Int)
}

/// What is wrong at a place of an `.npy` header.
package enum NPYHeaderProblem: Equatable, Sendable {
  case expected(Character)
  case string
  case boolean
  case integer
  case unknownKey(String)
  case duplicateKey(String)
  case missingKey(String)
  case dtype(String)
  case shapeTooLarge
  case trailingText
}
