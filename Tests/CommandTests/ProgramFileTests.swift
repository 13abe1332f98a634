// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore
import Testing

/// Program files that an engine must refuse, through every command that reads one.
@Suite("Damaged programs")
struct ProgramFileTests {
  private let folder: TemporaryFolder
  private let program: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.compile(TinyModel.dense, "good.thimble")
    program = try folder.read("good.thimble")
  }

  @Test("a newer version")
  func newerVersion() throws {
    var changed = program
    let version = ProgramFormat.majorVersion + 1
    changed.replaceSubrange(versionOffset..<versionOffset + 2, with: littleEndianBytes(of: version))
    try expectRefusal(
      of: changed.sealed,
      message: "written by a newer Thimble; update the engine (format \(version).0)")
  }

  @Test("a contract that this engine does not know")
  func unknownContract() throws {
    let steps = try #require(
      program.sections.first { $0.kind == ProgramFormat.Section.steps.rawValue })
    // The contract is the first field of a step.
    let start = Int(steps.offset)
    var changed = program
    changed.replaceSubrange(start..<start + 2, with: littleEndianBytes(of: UInt16(65_000)))
    try expectRefusal(
      of: changed.sealed, message: "does not know its kernel; update the engine (contract 65000)")
  }

  @Test("a flipped bit")
  func flippedBit() throws {
    var changed = program
    changed[program.count / 2] ^= 1
    try expectRefusal(of: changed, message: "checksum")
  }

  @Test("a file cut short", arguments: [8, 79, 80, 500])
  func truncated(byteCount: Int) throws {
    try expectRefusal(of: Array(program.prefix(byteCount)), message: "cut off")
  }

  /// Every command that reads a program ends with 1 and names the file and what is wrong with it.
  private func expectRefusal(of bytes: [UInt8], message: String) throws {
    let path = try folder.write("bad.thimble", bytes)
    for command in ["inspect", "run", "bench"] {
      let result = try thimble(command, path)
      #expect(result.exitCode == 1)
      #expect(result.errors.contains("bad.thimble: "))
      #expect(result.errors.contains(message))
      #expect(result.output.isEmpty)
    }
  }
}

/// Where the major version is; see `docs/program-format.md`.
private let versionOffset = 8

extension [UInt8] {
  /// The program with the checksum that belongs to its bytes.
  fileprivate var sealed: [UInt8] {
    let field = ProgramHeader.checksumOffset..<ProgramHeader.checksumOffset + 8
    var bytes = self
    bytes.replaceSubrange(field, with: [UInt8](repeating: 0, count: field.count))
    bytes.replaceSubrange(field, with: littleEndianBytes(of: programChecksum(of: bytes)))
    return bytes
  }

  fileprivate var sections: [SectionRecord] {
    guard let header = ProgramHeader(decoding: span) else { return [] }
    return (0..<Int(header.sectionCount)).compactMap { index in
      let start = ProgramHeader.byteCount + index * SectionRecord.byteCount
      return SectionRecord(decoding: span.extracting(droppingFirst: start))
    }
  }
}
