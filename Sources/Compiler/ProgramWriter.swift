// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore

/// Makes the tables of a program file; see `docs/program-format.md`.
///
/// Everything is laid down in execution order, so that the same program gives the same bytes.
struct ProgramWriter {
  private let entryPoints: [PlannedEntryPoint]
  private let states: ProgramStates
  private let floatClass: FloatClass
  private var names = BytePool(alignment: 1)
  private var parameters = BytePool(alignment: ProgramFormat.parameterAlignment)
  private var constants = BytePool(alignment: ProgramFormat.alignment)
  private var tensors: [TensorRecord] = []
  private var steps: [StepRecord] = []
  private var ports: [UInt32] = []
  private var entries: [EntryPointRecord] = []

  /// The tensor record of each state; of the order of `states`.
  private var stateRecords: [UInt32?]

  /// The tensor record of each constant, by its offset and dtype.
  private var constantRecords: [ConstantKey: UInt32] = [:]

  private struct ConstantKey: Hashable {
    let offset: Int
    let dtype: DType
  }

  init(_ entryPoints: [PlannedEntryPoint], _ states: ProgramStates, options: CompileOptions) {
    self.entryPoints = entryPoints
    self.states = states
    floatClass = options.floatClass
    stateRecords = [UInt32?](repeating: nil, count: states.all.count)
    // The first name is the program's own.
    _ = names.add(options.sourceName)
    for entry in entryPoints { add(entry) }
  }

  // MARK: - Tables

  private mutating func add(_ entry: PlannedEntryPoint) {
    let name = UInt32(names.add(entry.name))
    let (firstStep, firstPort) = (UInt32(steps.count), UInt32(ports.count))
    var records: [UInt32] = []
    for index in entry.lowered.tensors.indices {
      records.append(record(ofTensor: index, in: entry))
    }
    for step in entry.steps { addStep(step, records) }
    ports += (entry.lowered.inputs + entry.lowered.outputs).map { records[$0] }
    entries.append(
      EntryPointRecord(
        name: name, firstStep: firstStep, stepCount: UInt32(entry.steps.count),
        firstPort: firstPort, inputCount: UInt32(entry.lowered.inputs.count),
        outputCount: UInt32(entry.lowered.outputs.count)))
  }

  /// The record of a tensor, added unless it is that of a state that is known.
  private mutating func record(ofTensor index: Int, in entry: PlannedEntryPoint) -> UInt32 {
    let tensor = entry.lowered.tensors[index]
    let storage: ProgramFormat.Storage
    var offset = entry.plan.offsets[index] ?? 0
    switch tensor.place {
    case .arena, .slice: storage = .arena
    case .input: storage = .input
    case .output: storage = .output
    case .state(let state):
      if let record = stateRecords[state] { return record }
      stateRecords[state] = UInt32(tensors.count)
      storage = .state
      offset = states.all[state].offset
    }
    return append(tensor.type, storage: storage, offset: offset, name: tensor.name)
  }

  private mutating func append(
    _ type: TensorType, storage: ProgramFormat.Storage, offset: Int, name: String
  ) -> UInt32 {
    tensors.append(
      TensorRecord(
        dtype: type.dtype, storage: storage, name: UInt32(names.add(name)), offset: UInt64(offset),
        bytes: UInt64(type.byteCount), extents: type.shape.extents.map { UInt32($0) },
        scale: type.quantization?.perTensor?.scale ?? 0,
        zeroPoint: type.quantization?.perTensor?.zeroPoint ?? 0))
    return UInt32(tensors.count - 1)
  }

  /// Adds a step; `records` are those of the entry point's tensors.
  private mutating func addStep(_ step: PlannedEntryPoint.Step, _ records: [UInt32]) {
    let call = step.call
    var operands: [UInt32] = []
    for operand in call.operands {
      switch operand {
      case .tensor(let tensor): operands.append(records[tensor])
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
    let record = append(
      TensorType(dtype, Shape([bytes.count / dtype.byteCount])), storage: .constant,
      offset: key.offset, name: name)
    constantRecords[key] = record
    return record
  }

  // MARK: - Sections

  /// The whole file.
  func bytes() -> [UInt8] {
    var header = ProgramHeader()
    header.floatClass = floatClass.rawValue
    header.arenaBytes = UInt64(entryPoints.map(\.plan.arenaBytes).max() ?? 0)
    header.stateBytes = UInt64(states.bytes.count)
    header.scratchBytesPerThread = UInt64(entryPoints.map(\.scratchBytesPerThread).max() ?? 0)
    let state: [(ProgramFormat.Section, [UInt8])] =
      states.all.isEmpty ? [] : [(.state, states.bytes)]
    return programFile(
      header,
      [
        (.tensors, encoded(tensors) { $0.append(to: &$1) }),
        (.entryPoints, encoded(entries) { $0.append(to: &$1) }),
        (.ports, littleEndianBytes(of: ports)),
        (.steps, encoded(steps) { $0.append(to: &$1) }),
        (.parameters, parameters.bytes),
        (.constants, constants.bytes),
      ] + state + [
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

  /// Of the entry point with the largest bound, the first of several.
  private var memoryReport: MemoryReportRecord {
    var largest = 0
    for (index, entry) in entryPoints.enumerated()
    where entry.plan.lowerBoundBytes > entryPoints[largest].plan.lowerBoundBytes {
      largest = index
    }
    let (plan, entry) = (entryPoints[largest].plan, entries[largest])
    let own = steps[Int(entry.firstStep)...].prefix(Int(entry.stepCount))
    return MemoryReportRecord(
      lowerBoundBytes: UInt64(plan.lowerBoundBytes), naiveBytes: UInt64(plan.naiveBytes),
      macs: own.reduce(0) { $0 + $1.macs },
      peakStep: entry.firstStep + UInt32(plan.peakPosition))
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
