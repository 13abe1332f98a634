// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore

/// Makes the tables of a program file; see `docs/program-format.md`.
///
/// Everything is laid down in execution order, so that the same program gives the same bytes.
struct ProgramWriter {
  private let program: PlannedProgram
  private var names = BytePool(alignment: 1)
  private var parameters = BytePool(alignment: ProgramFormat.parameterAlignment)
  private var constants = BytePool(alignment: ProgramFormat.alignment)
  private var tensors: [TensorRecord] = []
  private var steps: [StepRecord] = []
  private var entryName: UInt32 = 0

  /// The tensor record of each constant, by its offset and dtype.
  private var constantRecords: [ConstantKey: UInt32] = [:]

  private struct ConstantKey: Hashable {
    let offset: Int
    let dtype: DType
  }

  init(_ program: PlannedProgram) {
    self.program = program
    // The first name is the program's own.
    _ = names.add(program.sourceName)
    entryName = UInt32(names.add("infer"))
    for index in program.lowered.tensors.indices { addTensor(index) }
    for step in program.steps { addStep(step) }
  }

  // MARK: - Tables

  private mutating func addTensor(_ index: Int) {
    let tensor = program.lowered.tensors[index]
    let storage: ProgramFormat.Storage =
      switch tensor.place {
      case .arena, .slice: .arena
      case .input: .input
      case .output: .output
      }
    append(
      tensor.type, storage: storage, offset: program.plan.offsets[index] ?? 0, name: tensor.name)
  }

  private mutating func append(
    _ type: TensorType, storage: ProgramFormat.Storage, offset: Int, name: String
  ) {
    tensors.append(
      TensorRecord(
        dtype: type.dtype, storage: storage, name: UInt32(names.add(name)), offset: UInt64(offset),
        bytes: UInt64(type.byteCount), extents: type.shape.extents.map { UInt32($0) },
        scale: type.quantization?.perTensor?.scale ?? 0,
        zeroPoint: type.quantization?.perTensor?.zeroPoint ?? 0))
  }

  private mutating func addStep(_ step: PlannedProgram.Step) {
    let call = step.call
    var operands: [UInt32] = []
    for operand in call.operands {
      switch operand {
      case .tensor(let tensor): operands.append(UInt32(tensor))
      case .constant(let bytes, let dtype):
        operands.append(constantRecord(bytes, dtype, name: step.name))
      }
    }
    steps.append(
      StepRecord(
        contract: UInt16(call.contract.rawValue), operands: operands,
        parameterOffset: UInt32(parameters.add(call.parameters)),
        parameterBytes: UInt32(call.parameters.count),
        rows: UInt32(call.requirements.rows), rowsPerChunk: UInt32(call.rowsPerChunk),
        name: UInt32(names.add(step.name)), operation: UInt32(names.add(step.operation)),
        macs: UInt64(call.macCount)))
  }

  private mutating func constantRecord(_ bytes: [UInt8], _ dtype: DType, name: String) -> UInt32 {
    let key = ConstantKey(offset: constants.add(bytes), dtype: dtype)
    if let record = constantRecords[key] { return record }
    let record = UInt32(tensors.count)
    append(
      TensorType(dtype, Shape([bytes.count / dtype.byteCount])), storage: .constant,
      offset: key.offset, name: name)
    constantRecords[key] = record
    return record
  }

  // MARK: - Sections

  /// The whole file.
  func bytes() -> [UInt8] {
    var header = ProgramHeader()
    header.floatClass = program.floatClass.rawValue
    header.arenaBytes = UInt64(program.plan.arenaBytes)
    header.scratchBytesPerThread = UInt64(program.scratchBytesPerThread)
    return programFile(
      header,
      [
        (.tensors, encoded(tensors) { $0.append(to: &$1) }),
        (.entryPoints, encoded([entryPoint]) { $0.append(to: &$1) }),
        (.ports, littleEndianBytes(of: ports)),
        (.steps, encoded(steps) { $0.append(to: &$1) }),
        (.parameters, parameters.bytes),
        (.constants, constants.bytes),
        (.names, names.bytes),
        (.memoryReport, encoded([memoryReport]) { $0.append(to: &$1) }),
      ])
  }

  private func encoded<Record>(
    _ records: [Record], _ append: (Record, inout [UInt8]) -> Void
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for record in records { append(record, &bytes) }
    return bytes
  }

  private var ports: [UInt32] {
    (program.lowered.inputs + program.lowered.outputs).map { UInt32($0) }
  }

  private var entryPoint: EntryPointRecord {
    EntryPointRecord(
      name: entryName, firstStep: 0, stepCount: UInt32(steps.count), firstPort: 0,
      inputCount: UInt32(program.lowered.inputs.count),
      outputCount: UInt32(program.lowered.outputs.count))
  }

  private var memoryReport: MemoryReportRecord {
    MemoryReportRecord(
      lowerBoundBytes: UInt64(program.plan.lowerBoundBytes),
      naiveBytes: UInt64(program.plan.naiveBytes), macs: steps.reduce(0) { $0 + $1.macs },
      peakStep: UInt32(program.plan.peakPosition))
  }
}

/// Lays out a file: header, section table, then each section at a multiple of 64 bytes.
private func programFile(
  _ header: ProgramHeader, _ sections: [(kind: ProgramFormat.Section, bytes: [UInt8])]
) -> [UInt8] {
  var end = ProgramHeader.byteCount + sections.count * SectionRecord.byteCount
  var records: [SectionRecord] = []
  for section in sections {
    let offset = ProgramFormat.aligned(end)
    records.append(
      SectionRecord(
        kind: section.kind.rawValue, offset: UInt64(offset), bytes: UInt64(section.bytes.count)))
    end = offset + section.bytes.count
  }
  var header = header
  header.sectionCount = UInt32(sections.count)
  header.fileBytes = UInt64(end)
  var file: [UInt8] = []
  file.reserveCapacity(end)
  header.append(to: &file)
  for record in records { record.append(to: &file) }
  for section in sections {
    file.append(
      contentsOf: [UInt8](repeating: 0, count: ProgramFormat.aligned(file.count) - file.count))
    file.append(contentsOf: section.bytes)
  }
  let checksum = littleEndianBytes(of: programChecksum(of: file))
  let field = ProgramHeader.checksumOffset
  file.replaceSubrange(field..<field + checksum.count, with: checksum)
  return file
}
