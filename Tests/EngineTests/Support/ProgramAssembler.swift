// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore

/// Puts a program file together from records, sound or not: what the compiler would never write.
struct ProgramAssembler {
  var header = ProgramHeader()
  var tensors: [TensorRecord] = []
  var steps: [StepRecord] = []
  var entryPoints: [EntryPointRecord] = []
  var ports: [UInt32] = []
  var parameters: [UInt8] = []
  var constants: [UInt8] = []
  var state: [UInt8] = []
  var names: [UInt8] = []
  var memoryReport = MemoryReportRecord(
    lowerBoundBytes: 0, naiveBytes: 0, macs: 0, peakStep: 0)

  init(floatClass: FloatClass = .muladd) {
    header.floatClass = floatClass.rawValue
    _ = name("assembled")
  }

  mutating func name(_ text: String) -> UInt32 {
    defer { names += Array(text.utf8) + [0] }
    return UInt32(names.count)
  }

  mutating func tensor(
    _ dtype: DType, _ extents: [UInt32], _ storage: ProgramFormat.Storage, at offset: Int = 0,
    name: String = "t"
  ) -> UInt32 {
    let bytes = extents.reduce(dtype.byteCount) { $0 * Int($1) }
    tensors.append(
      TensorRecord(
        dtype: dtype, storage: storage, name: self.name(name), offset: UInt64(offset),
        bytes: UInt64(bytes), extents: extents))
    return UInt32(tensors.count - 1)
  }

  mutating func constant<T: BitwiseCopyable>(_ dtype: DType, _ elements: [T]) -> UInt32 {
    pad(&constants, to: ProgramFormat.alignment)
    let bytes = littleEndianBytes(of: elements)
    let index = tensor(
      dtype, [UInt32(bytes.count / dtype.byteCount)], .constant, at: constants.count)
    constants += bytes
    return index
  }

  mutating func step(
    _ contract: uk_contract, _ block: some BitwiseCopyable, _ operands: [UInt32],
    rowsPerChunk: UInt32 = 1
  ) {
    pad(&parameters, to: ProgramFormat.parameterAlignment)
    let bytes = littleEndianBytes(of: block)
    let found = stepRequirements(of: contract, parameters: bytes)
    header.scratchBytesPerThread = max(
      header.scratchBytesPerThread, UInt64(found?.scratchBytes ?? 0))
    steps.append(
      StepRecord(
        contract: UInt16(contract.rawValue), operands: operands,
        parameterOffset: UInt32(parameters.count), parameterBytes: UInt32(bytes.count),
        rows: UInt32(found?.rows ?? 1), rowsPerChunk: rowsPerChunk, name: name("step"), macs: 0))
    parameters += bytes
  }

  /// An entry point of all steps so far that no earlier one has.
  mutating func entryPoint(_ name: String, inputs: [UInt32], outputs: [UInt32]) {
    let first = entryPoints.last.map { $0.firstStep + $0.stepCount } ?? 0
    entryPoints.append(
      EntryPointRecord(
        name: self.name(name), firstStep: first, stepCount: UInt32(steps.count) - first,
        firstPort: UInt32(ports.count), inputCount: UInt32(inputs.count),
        outputCount: UInt32(outputs.count)))
    ports += inputs + outputs
  }

  // MARK: - File

  /// The file, with sizes and checksum worked out; arena and state sizes too unless they were set.
  func file() -> [UInt8] {
    var header = header
    if header.arenaBytes == 0 {
      let ends = tensors.filter { $0.storage == ProgramFormat.Storage.arena.rawValue }
        .map { $0.offset + $0.bytes }
      header.arenaBytes = UInt64(ProgramFormat.aligned(Int(ends.max() ?? 0)))
    }
    if header.stateBytes == 0 { header.stateBytes = UInt64(state.count) }
    let sections = self.sections
    header.sectionCount = UInt32(sections.count)
    var bytes: [UInt8] = []
    var records: [UInt8] = []
    var body: [UInt8] = []
    let start = ProgramHeader.byteCount + sections.count * SectionRecord.byteCount
    for (kind, content) in sections {
      let offset = ProgramFormat.aligned(start + body.count)
      body += [UInt8](repeating: 0, count: offset - start - body.count)
      SectionRecord(
        kind: kind.rawValue, offset: UInt64(offset), bytes: UInt64(content.count)
      ).append(to: &records)
      body += content
    }
    header.fileBytes = UInt64(start + body.count)
    header.append(to: &bytes)
    return sealed(bytes + records + body)
  }

  private var sections: [(ProgramFormat.Section, [UInt8])] {
    var report: [UInt8] = []
    memoryReport.append(to: &report)
    return [
      (.tensors, tensors.reduce(into: []) { $1.append(to: &$0) }),
      (.entryPoints, entryPoints.reduce(into: []) { $1.append(to: &$0) }),
      (.ports, littleEndianBytes(of: ports)),
      (.steps, steps.reduce(into: []) { $1.append(to: &$0) }),
      (.parameters, parameters),
      (.constants, constants),
      (.state, state),
      (.names, names),
      (.memoryReport, report),
    ]
  }

  private func pad(_ bytes: inout [UInt8], to alignment: Int) {
    while bytes.count % alignment != 0 { bytes.append(0) }
  }
}

/// The file with the checksum that its bytes ask for.
func sealed(_ file: [UInt8]) -> [UInt8] {
  guard file.count >= ProgramHeader.byteCount else { return file }
  var file = file
  let checksum = littleEndianBytes(of: programChecksum(of: file))
  for (index, byte) in checksum.enumerated() {
    file[ProgramHeader.checksumOffset + index] = byte
  }
  return file
}
