// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// Everything that the page draws; the scripts under `Assets` read it.
struct PageData: Encodable {
  struct Tensor: Encodable {
    let name: String
    let dtype: String
    let shape: [Int]
    let storage: String
    /// Absent when not quantised.
    let scale: Float?
    let zeroPoint: Int32?
  }

  /// What a step reads at one operand, constants left out.
  struct Read: Encodable {
    let tensor: Int
    /// The steps that wrote it.
    let from: [Int]
  }

  struct Step: Encodable {
    let name: String
    let `operator`: String?
    let contract: String
    let outputShape: [Int]
    let macs: Int
    let constantsBytes: Int
    /// All operands but the output, constants among them.
    let bytesRead: Int
    let bytesWritten: Int
    let liveBytes: Int
    let reads: [Read]
    let writes: Int
  }

  struct Rectangle: Encodable {
    let tensor: Int
    let offset: Int
    let bytes: Int
    let first: Int
    let last: Int
    let overwrites: Int?
    let isOverwritten: Bool
    let partOf: Int?
  }

  let report: ProgramReport
  /// When the program was compiled from a model for this page.
  let model: ModelReport?
  let tensors: [Tensor]
  let steps: [Step]
  let rectangles: [Rectangle]

  init(_ program: Program, _ report: ProgramReport, model: ModelReport?) {
    let timeline = ArenaTimeline(program)
    self.report = report
    self.model = model
    tensors = (0..<program.tensorCount).map { Tensor(program, index: $0) }
    steps = report.steps.enumerated().map { index, step in
      Step(program, index: index, step, sources: timeline.sources[index])
    }
    rectangles = timeline.rectangles.map {
      Rectangle(
        tensor: $0.tensor, offset: $0.bytes.lowerBound, bytes: $0.bytes.count,
        first: $0.firstStep, last: $0.lastStep, overwrites: $0.overwrittenTensor,
        isOverwritten: $0.isOverwritten, partOf: $0.wholeTensor)
    }
  }
}

extension PageData.Tensor {
  fileprivate init(_ program: Program, index: Int) {
    let record = program.tensor(index)
    name = program.name(record.name)
    dtype = DType(rawValue: record.dtype).map { "\($0.name)" } ?? ""
    shape = record.extents.map { Int($0) }
    storage = ProgramFormat.Storage(rawValue: record.storage).map { "\($0)" } ?? ""
    scale = record.scale == 0 ? nil : record.scale
    zeroPoint = record.scale == 0 ? nil : record.zeroPoint
  }
}

extension PageData.Step {
  fileprivate init(
    _ program: Program, index: Int, _ step: ProgramReport.Step, sources: [[Int]]
  ) {
    let operands = program.step(index).operands.map { Int($0) }
    let sizes = operands.map { Int(program.tensor($0).bytes) }
    name = step.name
    `operator` = step.operator
    contract = step.contract
    outputShape = step.outputShape
    macs = step.macs
    constantsBytes = step.constantsBytes
    bytesRead = sizes.dropLast().reduce(0, +)
    bytesWritten = sizes.last ?? 0
    liveBytes = step.liveBytes
    reads = zip(operands.dropLast(), sources).compactMap { operand, sources in
      let isConstant =
        program.tensor(operand).storage == ProgramFormat.Storage.constant.rawValue
      return isConstant ? nil : PageData.Read(tensor: operand, from: sources)
    }
    writes = operands.last ?? 0
  }
}
