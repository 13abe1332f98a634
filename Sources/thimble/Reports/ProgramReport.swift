// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// What a program takes, to the byte, and what each of its steps does.
///
/// Everything is worked out from the program file alone, as the engine reads it.
struct ProgramReport: Encodable {
  struct Port: Encodable {
    let name: String
    let dtype: String
    let shape: [Int]
    /// `real = scale · (stored − zero point)`; absent when not quantised.
    let scale: Float?
    let zeroPoint: Int32?
  }

  struct EntryPoint: Encodable {
    let name: String
    let inputs: [Port]
    let outputs: [Port]
  }

  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
    let offset: Int
    /// Those that are live.
    let bytes: Int
  }

  struct Step: Encodable {
    let name: String
    /// Absent when the program does not state it.
    let `operator`: String?
    let contract: String
    let outputShape: [Int]
    let macs: Int
    /// Weights, biases, tables.
    let constantsBytes: Int
    /// The arena bytes that hold something while the step runs.
    let liveBytes: Int
  }

  let file: String
  let model: String
  let formatVersion: String
  let floatClass: String
  let fileBytes: Int

  /// Packed weights and tables: mapped, read-only.
  let constantsBytes: Int
  let stateBytes: Int
  /// The one block that holds all activations: the peak.
  let arenaBytes: Int
  let scratchBytesPerThread: Int
  /// The calls that a session prepares at load.
  let tableBytes: Int
  /// The input and output buffers.
  let ioBytes: Int
  /// The stack of each thread beyond the first.
  let threadStackBytes: Int
  /// All of the above with one thread.
  let totalBytes: Int

  /// The largest sum of live bytes at one step: no arena can be smaller in this order of steps.
  let lowerBoundBytes: Int
  let gapBytes: Int
  /// What the arena would be if no two tensors shared bytes.
  let naiveBytes: Int
  let peakStep: Int
  /// The arena tensors that are live at the peak, the largest first.
  let peakTensors: [Tensor]

  let macs: Int
  let entryPoints: [EntryPoint]
  let steps: [Step]

  /// What quantising did, told by `compile` alone: no program holds it.
  var quantization: QuantizationReport?

  /// The same of storing weights in fewer bits.
  var storage: StorageReport?
}

extension ProgramReport {
  /// Describes a program, whose memory is that of its first entry point.
  ///
  /// - Throws: `CommandError.notAddressable` when this machine cannot address its memory.
  init(_ program: Program, path: String) throws(CommandError) {
    guard let memory = program.memory(of: 0) else { throw .notAddressable(path: path) }
    let known = program.memoryReport
    let timeline = ArenaTimeline(program)
    file = path
    model = program.name
    formatVersion = "\(program.header.majorVersion).\(program.header.minorVersion)"
    floatClass = program.floatClassName
    fileBytes = memory.fileByteCount
    constantsBytes = memory.constantsByteCount
    stateBytes = memory.stateByteCount
    arenaBytes = memory.arenaByteCount
    scratchBytesPerThread = memory.scratchByteCountPerThread
    tableBytes = memory.tableByteCount
    ioBytes = memory.portByteCount
    threadStackBytes = memory.stackByteCountPerThread
    totalBytes = memory.constantsByteCount + memory.sessionByteCount(threads: 1)
    lowerBoundBytes = Int(known.lowerBoundBytes)
    gapBytes = memory.arenaByteCount - Int(known.lowerBoundBytes)
    naiveBytes = Int(known.naiveBytes)
    peakStep = Int(known.peakStep)
    peakTensors = timeline.liveTensors(at: peakStep)
      .map { Tensor(program, index: $0, liveBytes: $1) }
      .sorted { ($1.bytes, $0.offset) < ($0.bytes, $1.offset) }
    macs = Int(known.macs)
    entryPoints = program.entryPoints.map(EntryPoint.init)
    steps = (0..<program.stepCount).map {
      Step(program, index: $0, liveBytes: timeline.liveBytes(at: $0))
    }
  }
}

extension ProgramReport.EntryPoint {
  fileprivate init(_ entryPoint: Engine.EntryPoint) {
    name = entryPoint.name
    inputs = entryPoint.inputs.map { ProgramReport.Port($0) }
    outputs = entryPoint.outputs.map { ProgramReport.Port($0) }
  }
}

extension ProgramReport.Port {
  init(_ port: Engine.Port) {
    name = port.name
    dtype = "\(port.type.dtype.name)"
    shape = port.type.shape.extents
    scale = port.type.quantization?.perTensor?.scale
    zeroPoint = port.type.quantization?.perTensor?.zeroPoint
  }
}

extension ProgramReport.Tensor {
  fileprivate init(_ program: Program, index: Int, liveBytes: Int) {
    let record = program.tensor(index)
    name = program.name(record.name)
    shape = record.extents.map { Int($0) }
    offset = Int(record.offset)
    bytes = liveBytes
  }
}

extension ProgramReport.Step {
  fileprivate init(_ program: Program, index: Int, liveBytes: Int) {
    let record = program.step(index)
    let operands = record.operands.map { program.tensor(Int($0)) }
    name = program.name(record.name)
    `operator` = program.operatorName(ofStep: index)
    contract = program.contract(ofStep: index).name
    outputShape = operands.last?.extents.map { Int($0) } ?? []
    macs = Int(record.macs)
    constantsBytes = operands.reduce(0) { sum, operand in
      operand.storage == ProgramFormat.Storage.constant.rawValue ? sum + Int(operand.bytes) : sum
    }
    self.liveBytes = liveBytes
  }
}

extension Program {
  fileprivate var floatClassName: String {
    switch FloatClass(rawValue: header.floatClass) {
    case .fma: "fma"
    case .muladd: "muladd"
    case nil: preconditionFailure("verified at load")
    }
  }
}
