// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Where a program's sections are, and its records on demand: they are decoded from the file's own
/// bytes, so that a loaded program takes no second copy of itself.
struct ProgramTables: Sendable {
  let memory: ProgramMemory

  /// The byte range of each section, by its number; empty when the file has none.
  private let ranges: [Range<Int>]

  init(memory: ProgramMemory, ranges: [Range<Int>]) {
    self.memory = memory
    self.ranges = ranges
  }

  func range(of section: ProgramFormat.Section) -> Range<Int> { ranges[Int(section.rawValue)] }

  /// The bytes of a section.
  @_lifetime(borrow self)
  func bytes(of section: ProgramFormat.Section) -> Span<UInt8> {
    let bytes = memory.bytes.extracting(range(of: section))
    // SAFETY: `self` keeps `memory` alive.
    return unsafe _overrideLifetime(bytes, borrowing: self)
  }

  // MARK: - Records; the index is below the count

  var tensorCount: Int { range(of: .tensors).count / TensorRecord.byteCount }
  var stepCount: Int { range(of: .steps).count / StepRecord.byteCount }
  var entryPointCount: Int { range(of: .entryPoints).count / EntryPointRecord.byteCount }
  var portCount: Int { range(of: .ports).count / 4 }

  func tensor(_ index: Int) -> TensorRecord? {
    TensorRecord(decoding: record(index, of: .tensors, byteCount: TensorRecord.byteCount))
  }

  func step(_ index: Int) -> StepRecord? {
    StepRecord(decoding: record(index, of: .steps, byteCount: StepRecord.byteCount))
  }

  func entryPoint(_ index: Int) -> EntryPointRecord? {
    EntryPointRecord(
      decoding: record(index, of: .entryPoints, byteCount: EntryPointRecord.byteCount))
  }

  /// The size and dtype of a verified tensor, read without making a record.
  func byteCount(ofTensor index: Int) -> Int {
    Int(bytes(of: .tensors).uint64(at: index * TensorRecord.byteCount + 16))
  }

  func dtype(ofTensor index: Int) -> DType? {
    DType(rawValue: bytes(of: .tensors)[index * TensorRecord.byteCount])
  }

  /// The operands of a step, read without making a record.
  func operandCount(ofStep index: Int) -> Int {
    Int(bytes(of: .steps).uint16(at: index * StepRecord.byteCount + 2))
  }

  func operand(_ position: Int, ofStep index: Int) -> UInt32 {
    bytes(of: .steps).uint32(at: index * StepRecord.byteCount + 4 + 4 * position)
  }

  /// The tensor that a port names.
  func port(_ index: Int) -> Int { Int(bytes(of: .ports).uint32(at: 4 * index)) }

  var memoryReport: MemoryReportRecord? {
    MemoryReportRecord(decoding: bytes(of: .memoryReport))
  }

  /// The parameter block of a step, whose range has been verified.
  func parameters(of step: StepRecord) -> [UInt8] {
    let section = bytes(of: .parameters)
    var block: [UInt8] = []
    block.reserveCapacity(Int(step.parameterBytes))
    let start = Int(step.parameterOffset)
    for index in start..<start + Int(step.parameterBytes) { block.append(section[index]) }
    return block
  }

  // MARK: - Names

  /// Whether a name starts at an offset of the names section.
  func isName(_ offset: UInt32) -> Bool {
    let names = bytes(of: .names)
    // The section ends with NUL, so that a start inside it is followed by an end; the byte must not
    // lie within a character.
    return offset < names.count && names[Int(offset)] & 0xC0 != 0x80
  }

  /// The bytes of a verified name, without the NUL.
  func nameRange(_ offset: UInt32) -> Range<Int> {
    let names = bytes(of: .names)
    var end = Int(offset)
    while names[end] != 0 { end += 1 }
    return Int(offset)..<end
  }

  func name(_ offset: UInt32) -> String {
    let names = bytes(of: .names)
    var characters: [UInt8] = []
    for index in nameRange(offset) { characters.append(names[index]) }
    return String(decoding: characters, as: UTF8.self)
  }

  @_lifetime(borrow self)
  private func record(
    _ index: Int, of section: ProgramFormat.Section, byteCount: Int
  ) -> Span<UInt8> {
    let start = range(of: section).lowerBound + index * byteCount
    let bytes = memory.bytes.extracting(start..<start + byteCount)
    // SAFETY: `self` keeps `memory` alive.
    return unsafe _overrideLifetime(bytes, borrowing: self)
  }
}
