// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore
import Testing

/// Every record comes back from its bytes, has its stated size, and refuses other bytes.
@Suite struct RecordTests {
  @Test func headerRoundTrips() throws {
    var header = ProgramHeader()
    header.sectionCount = 7
    header.fileBytes = 0x0102_0304_0506_0708
    header.checksum = .max
    header.floatClass = 2
    header.arenaBytes = 1 << 40
    header.stateBytes = 65
    header.scratchBytesPerThread = 4096
    try check(header, ProgramHeader.byteCount, { header.append(to: &$0) }) {
      ProgramHeader(decoding: $0)
    }
  }

  @Test func sectionRoundTrips() throws {
    let record = SectionRecord(kind: 9, offset: 64, bytes: 1 << 33)
    try check(record, SectionRecord.byteCount, { record.append(to: &$0) }) {
      SectionRecord(decoding: $0)
    }
  }

  @Test(arguments: [[], [1], [1, 224, 224, 3], [8, 7, 6, 5, 4, 3, 2, 1]])
  func tensorRoundTrips(extents: [UInt32]) throws {
    let record = TensorRecord(
      dtype: .int8, storage: .arena, name: 12, offset: 1 << 34, bytes: 150_528, extents: extents,
      scale: 0.0235, zeroPoint: -128)
    try check(record, TensorRecord.byteCount, { record.append(to: &$0) }) {
      TensorRecord(decoding: $0)
    }
  }

  @Test func entryPointRoundTrips() throws {
    let record = EntryPointRecord(
      name: 1, firstStep: 2, stepCount: 3, firstPort: 4, inputCount: 5, outputCount: 6)
    try check(record, EntryPointRecord.byteCount, { record.append(to: &$0) }) {
      EntryPointRecord(decoding: $0)
    }
  }

  @Test(arguments: [[], [3], [0, 1, 2, 3, 4, 5, 6, 7]])
  func stepRoundTrips(operands: [UInt32]) throws {
    let record = StepRecord(
      contract: 60, operands: operands, parameterOffset: 16, parameterBytes: 32, rows: 100,
      rowsPerChunk: 7, boundTensor: 3, name: 99, operation: 7, macs: 1 << 40)
    try check(record, StepRecord.byteCount, { record.append(to: &$0) }) {
      StepRecord(decoding: $0)
    }
  }

  @Test func memoryReportRoundTrips() throws {
    let record = MemoryReportRecord(
      lowerBoundBytes: 1, naiveBytes: 1 << 50, macs: 300_000_000, peakStep: 4)
    try check(record, MemoryReportRecord.byteCount, { record.append(to: &$0) }) {
      MemoryReportRecord(decoding: $0)
    }
  }

  @Test func tooManyAxesAreRefused() {
    var bytes = [UInt8](repeating: 0, count: TensorRecord.byteCount)
    bytes[1] = 9
    #expect(TensorRecord(decoding: bytes.span) == nil)
  }

  @Test func unusedOperandsNameNothing() {
    var bytes: [UInt8] = []
    StepRecord(
      contract: 1, operands: [1, 2], parameterOffset: 0, parameterBytes: 0, rows: 1,
      rowsPerChunk: 1, name: 0, macs: 0
    ).append(to: &bytes)
    bytes[4 + 4 * 2] = 0
    #expect(StepRecord(decoding: bytes.span) == nil)
  }
}

private func check<Record: Equatable>(
  _ record: Record, _ byteCount: Int, _ append: (inout [UInt8]) -> Void,
  _ decode: (Span<UInt8>) -> Record?
) throws {
  var bytes: [UInt8] = []
  append(&bytes)
  #expect(bytes.count == byteCount)
  #expect(decode(bytes.span) == record)
  let short = [UInt8](bytes.dropLast())
  #expect(decode(short.span) == nil)
  // A record is either refused or holds what was changed: no byte is ignored.
  for index in bytes.indices {
    bytes[index] ^= 1
    let changed = decode(bytes.span)
    #expect(changed == nil || changed != record, "byte \(index)")
    bytes[index] ^= 1
  }
}
