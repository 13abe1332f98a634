// SPDX-License-Identifier: Apache-2.0
import Glibc

extension TensorFileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let operation, let path, let code):
      "cannot \(operation.rawValue) \(path): \(systemMessage(code))"
    case .fileTooLarge(let path, let limit):
      "\(path) is larger than \(limit) bytes"
    case .truncated(let format, let offset, let needed, let available):
      "the \(format.name) file ends too early: \(needed) bytes are needed at byte \(offset), "
        + "\(available) are there"
    case .signature(let format):
      "not a \(format.name) file: its first bytes are others"
    case .trailingBytes(let format, let offset, let count):
      "\(count) bytes follow the end of the \(format.name) data at byte \(offset)"
    case .npyVersion(let major, let minor):
      "version \(major).\(minor) of the npy format is not known; 1.0, 2.0 and 3.0 are"
    case .npyHeader(let problem, let offset):
      "the npy header is wrong at byte \(offset): \(problem)"
    case .zipDirectory(let offset):
      "the archive's table of contents is not readable at byte \(offset)"
    case .zip64Unsupported(let offset):
      "the archive uses the 64-bit zip extension at byte \(offset), which is not supported"
    case .zipEncrypted(let member, let offset):
      "\(member) at byte \(offset) is encrypted"
    case .zipMethodUnsupported(let member, let method, let offset):
      "\(member) at byte \(offset) uses compression method \(method); only 0 (stored) and "
        + "8 (deflate) are supported"
    case .zipMemberCorrupt(let member, let offset):
      "\(member) at byte \(offset) is damaged: its bytes do not unpack to the stated length"
    case .zipChecksum(let member, let offset):
      "\(member) at byte \(offset) is damaged: its checksum is another"
    case .zipDuplicateMember(let member, let offset):
      "\(member) is in the archive twice, again at byte \(offset)"
    case .member(let name, let cause):
      "in \(name): \(cause)"
    case .archiveTooLarge:
      "the arrays do not fit a zip archive of less than 4 GiB"
    case .imageFormatUnknown:
      "the image is neither PNG, JPEG nor binary PPM"
    case .imageSize(let width, let height):
      "an image of \(width) x \(height) pixels is not supported, or too large for the file"
    case .imageCorrupt(let format, let reason):
      "the \(format.name) image is not readable: \(reason)"
    case .imageHeader(let format, let offset):
      "the \(format.name) header is wrong at byte \(offset)"
    }
  }

  private func systemMessage(_ code: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    // SAFETY: the buffer is as long as stated; strerror_r terminates what it writes.
    guard unsafe strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

extension TensorFileError.Format {
  /// The name as users write it.
  fileprivate var name: String {
    switch self {
    case .npy, .npz: ".\(rawValue)"
    case .png, .jpeg, .ppm: rawValue.uppercased()
    }
  }
}

extension NPYHeaderProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .expected(let character): "'\(character)' is expected"
    case .string: "a quoted string is expected"
    case .boolean: "True or False is expected"
    case .integer: "a whole number that fits 64 bits is expected"
    case .unknownKey(let key): "\"\(key)\" is not a key of the format"
    case .duplicateKey(let key): "\"\(key)\" is there twice"
    case .missingKey(let key): "\"\(key)\" is missing"
    case .dtype(let dtype): "elements of type \"\(dtype)\" are not supported"
    case .shapeTooLarge: "the shape has too many elements"
    case .trailingText: "text follows the dictionary"
    }
  }
}
