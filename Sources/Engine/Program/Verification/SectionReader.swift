// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Reads the header and the section table: everything before a record may be looked at.
struct SectionReader: ~Copyable {
  private let memory: ProgramMemory
  private(set) var header = ProgramHeader()
  private var ranges = [Range<Int>](
    repeating: 0..<0, count: ProgramFormat.Section.allCases.count + 1)

  init(_ memory: ProgramMemory) { self.memory = memory }

  /// The tables of a file whose header, checksum and sections are sound.
  mutating func read() throws(ProgramError) -> ProgramTables {
    header = try soundHeader()
    var end = ProgramHeader.byteCount + Int(header.sectionCount) * SectionRecord.byteCount
    var lastKind: UInt32 = 0
    for index in 0..<Int(header.sectionCount) {
      let record = try sectionRecord(index)
      let kind = record.kind
      guard let section = ProgramFormat.Section(rawValue: kind) else {
        throw .section(kind: kind, .unknown)
      }
      guard kind > lastKind else { throw .section(kind: kind, .outOfOrder) }
      lastKind = kind
      let range = try place(record, behind: end)
      ranges[Int(kind)] = range
      end = range.upperBound
      guard range.count % section.recordBytes == 0 else { throw .section(kind: kind, .wrongSize) }
    }
    guard end == memory.byteCount else {
      throw .wrongSize(stated: UInt64(end), actual: memory.byteCount)
    }
    return ProgramTables(memory: memory, ranges: ranges)
  }

  private func soundHeader() throws(ProgramError) -> ProgramHeader {
    let bytes = memory.bytes
    guard bytes.count >= ProgramHeader.byteCount else { throw .truncated(byteCount: bytes.count) }
    guard bytes.uint64(at: 0) == ProgramFormat.magic else { throw .notAProgram }
    // Before all else: the rest of a newer header may mean something else.
    let (major, minor) = (bytes.uint16(at: 8), bytes.uint16(at: 10))
    if major > ProgramFormat.majorVersion
      || (major == ProgramFormat.majorVersion && minor > ProgramFormat.minorVersion)
    {
      throw .newerVersion(major: major, minor: minor)
    }
    guard major == ProgramFormat.majorVersion else {
      throw .unknownVersion(major: major, minor: minor)
    }
    guard let header = ProgramHeader(decoding: bytes) else { throw .invalidHeader }
    guard header.fileBytes == UInt64(bytes.count) else {
      throw .wrongSize(stated: header.fileBytes, actual: bytes.count)
    }
    guard header.checksum == programChecksum(of: bytes) else { throw .wrongChecksum }
    guard FloatClass(rawValue: header.floatClass) != nil,
      header.sectionCount <= ProgramFormat.Section.allCases.count
    else { throw .invalidHeader }
    return header
  }

  private func sectionRecord(_ index: Int) throws(ProgramError) -> SectionRecord {
    let bytes = memory.bytes
    let start = ProgramHeader.byteCount + index * SectionRecord.byteCount
    guard start + SectionRecord.byteCount <= bytes.count else {
      throw .truncated(byteCount: bytes.count)
    }
    let entry = bytes.extracting(start..<start + SectionRecord.byteCount)
    guard let record = SectionRecord(decoding: entry) else {
      throw .section(kind: entry.uint32(at: 0), .malformed)
    }
    return record
  }

  /// The range of a section that must follow `end` with nothing but padding between.
  private func place(
    _ record: SectionRecord, behind end: Int
  ) throws(ProgramError) -> Range<Int> {
    let bytes = memory.bytes
    guard record.offset <= bytes.count, record.bytes <= UInt64(bytes.count) - record.offset else {
      throw .section(kind: record.kind, .outOfBounds)
    }
    let start = Int(record.offset)
    guard start == ProgramFormat.aligned(end) else { throw .section(kind: record.kind, .misplaced) }
    guard bytes.isZero(end..<start) else { throw .section(kind: record.kind, .dirtyPadding) }
    return start..<start + Int(record.bytes)
  }
}

extension ProgramFormat.Section {
  /// The size of what the section is a list of.
  fileprivate var recordBytes: Int {
    switch self {
    case .tensors: TensorRecord.byteCount
    case .entryPoints: EntryPointRecord.byteCount
    case .ports: 4
    case .steps: StepRecord.byteCount
    case .memoryReport: MemoryReportRecord.byteCount
    case .parameters, .constants, .state, .names: 1
    }
  }
}
