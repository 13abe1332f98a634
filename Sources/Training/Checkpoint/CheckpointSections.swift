// SPDX-License-Identifier: Apache-2.0
import Engine

/// The parts of a checkpoint file that is whole.
struct CheckpointSections {
  private var contents: [CheckpointSection: ArraySlice<UInt8>] = [:]

  /// Takes a file apart after it is found to be what was written.
  init(_ bytes: [UInt8]) throws(CheckpointProblem) {
    guard bytes.starts(with: CheckpointFormat.magic) else { throw .notCheckpoint }
    var file = FieldReader(bytes.dropFirst(CheckpointFormat.magic.count))
    let header: (version: UInt32, sections: UInt32, bytes: Int)
    do throws(FieldReader.Malformed) {
      header = (try file.uint32(), try file.uint32(), try file.integer())
    } catch {
      throw .truncated(
        found: bytes.count, expected: CheckpointFormat.headerBytes + CheckpointFormat.checksumBytes)
    }
    guard header.version == CheckpointFormat.version else {
      throw .version(found: Int(header.version), expected: Int(CheckpointFormat.version))
    }
    guard header.bytes == bytes.count,
      bytes.count >= CheckpointFormat.headerBytes + CheckpointFormat.checksumBytes
    else { throw .truncated(found: bytes.count, expected: header.bytes) }
    let body = bytes.count - CheckpointFormat.checksumBytes
    var end = FieldReader(bytes[body...])
    guard let checksum = try? end.uint64(), xxh64(of: Array(bytes[..<body])) == checksum else {
      throw .checksum
    }
    // Only a file with a right checksum comes here: what follows finds forged ones.
    var sections = FieldReader(bytes[CheckpointFormat.headerBytes..<body])
    for section in CheckpointSection.allCases {
      do throws(FieldReader.Malformed) {
        contents[section] = try Self.next(section, &sections)
      } catch {
        throw .section(section)
      }
    }
    guard sections.isAtEnd, header.sections == CheckpointSection.allCases.count else {
      throw .section(.bestState)
    }
  }

  private static func next(
    _ section: CheckpointSection, _ file: inout FieldReader
  ) throws(FieldReader.Malformed) -> ArraySlice<UInt8> {
    guard try file.uint32() == section.rawValue, try file.uint32() == 0 else {
      throw FieldReader.Malformed()
    }
    return try file.raw(try file.count(ofBytes: 1))
  }

  /// Reads a section to its last byte.
  func read<Value>(
    _ section: CheckpointSection,
    _ read: (inout FieldReader) throws(FieldReader.Malformed) -> Value
  ) throws(CheckpointProblem) -> Value {
    var reader = FieldReader(contents[section] ?? [])
    do throws(FieldReader.Malformed) {
      let value = try read(&reader)
      guard reader.isAtEnd else { throw FieldReader.Malformed() }
      return value
    } catch {
      throw .section(section)
    }
  }
}
