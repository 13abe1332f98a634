// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorFiles

/// What a checkpoint file is made of, little-endian throughout.
///
///     8 bytes  "THIMCKPT"
///     4        version
///     4        number of sections
///     8        bytes of the file
///              sections: 4 bytes which, 4 zero, 8 length, then so many bytes
///     8        XXH64, seed 0, of all that is before
enum CheckpointFormat {
  static let magic = Array("THIMCKPT".utf8)
  static let version: UInt32 = 1
  static let headerBytes = 24
  static let checksumBytes = 8
}

extension Checkpoint {
  /// Writes the checkpoint in place of one before it: a reader finds the old or the new, whole.
  ///
  /// - Throws: `TrainingError.system`.
  package func write(to path: String) throws(TrainingError) {
    do throws(TensorFileError) {
      try writeFileAtomically(path, encoded())
    } catch {
      throw .system(error)
    }
  }

  /// Reads a checkpoint, every byte of which is checked.
  ///
  /// - Throws: `TrainingError.system` or `.checkpoint`.
  package init(file path: String) throws(TrainingError) {
    let bytes: [UInt8]
    do throws(TensorFileError) {
      bytes = try readFile(path)
    } catch {
      throw .system(error)
    }
    do throws(CheckpointProblem) {
      try self.init(decoding: bytes)
    } catch {
      throw .checkpoint(path: path, error)
    }
  }

  /// The bytes of a checkpoint file.
  package func encoded() -> [UInt8] {
    let sections = CheckpointSection.allCases.map { ($0, contents(of: $0)) }
    var file = FieldWriter()
    file.append(raw: CheckpointFormat.magic)
    file.append(CheckpointFormat.version)
    file.append(UInt32(sections.count))
    file.append(
      sections.reduce(CheckpointFormat.headerBytes + CheckpointFormat.checksumBytes) {
        $0 + 16 + $1.1.count
      })
    for (section, contents) in sections {
      file.append(section.rawValue)
      file.append(UInt32(0))
      file.append(contents.count)
      file.append(raw: contents)
    }
    file.append(xxh64(of: file.bytes))
    return file.bytes
  }
}
