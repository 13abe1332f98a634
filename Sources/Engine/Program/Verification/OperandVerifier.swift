// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

extension ProgramVerifier {
  /// The first operand that breaks a rule, and which.
  func operandFault(
    in step: StepRecord, _ requirements: StepRequirements
  ) -> (index: Int, ProgramError.OperandFault)? {
    var operands: [Operand] = []
    for (index, tensor) in step.operands.enumerated() {
      guard tensor < tables.tensorCount, let record = tables.tensor(Int(tensor)),
        let dtype = DType(rawValue: record.dtype),
        let storage = ProgramFormat.Storage(rawValue: record.storage)
      else { return (index, .noSuchTensor) }
      operands.append(Operand(index: tensor, record: record, dtype: dtype, storage: storage))
    }
    for (index, requirement) in requirements.operands.enumerated() {
      if let fault = fault(in: operands[index], requirement, first: operands[0].dtype) {
        return (index, fault)
      }
    }
    return sharingFault(operands, requirements)
  }

  /// An operand with everything known of its tensor.
  struct Operand {
    let index: UInt32
    let record: TensorRecord
    let dtype: DType
    let storage: ProgramFormat.Storage

    /// The bytes it takes in its storage.
    var range: Range<UInt64> { record.offset..<record.offset + record.bytes }

    /// Whether it has a byte in common with another.
    func overlaps(_ other: Operand) -> Bool {
      guard index != other.index else { return true }
      guard storage == other.storage else { return false }
      return switch storage {
      case .arena, .state, .constant: range.overlaps(other.range)
      // Ports are buffers of their own.
      case .input, .output: false
      }
    }

    /// Whether it starts at the same byte as another.
    func startsWith(_ other: Operand) -> Bool {
      overlaps(other) && record.offset == other.record.offset
    }
  }

  private func fault(
    in operand: Operand, _ requirement: OperandRequirement, first: DType
  ) -> ProgramError.OperandFault? {
    guard operand.record.bytes >= requirement.bytes else { return .tooSmall }
    switch requirement.elements {
    case .exactly(let dtype):
      guard operand.dtype == dtype else { return .wrongDType }
    case .sameAsFirst(let byteCount):
      guard operand.dtype == first, byteCount == nil || byteCount == first.byteCount else {
        return .wrongDType
      }
    case .untyped: break
    }
    return contentsFault(in: operand, requirement)
  }

  /// The output may share bytes with an input only from the first byte on, where the contract says
  /// so; and must, when the contract works in place.
  private func sharingFault(
    _ operands: [Operand], _ requirements: StepRequirements
  ) -> (index: Int, ProgramError.OperandFault)? {
    let last = operands.count - 1
    let output = operands[last]
    switch output.storage {
    case .arena, .state, .output: break
    case .constant, .input: return (last, .notWritable)
    }
    if requirements.isInPlace, !output.startsWith(operands[0]) { return (last, .notInPlace) }
    for index in 0..<last where output.overlaps(operands[index]) {
      let isAllowed =
        requirements.operands[index].isOverwritable || (requirements.isInPlace && index == 0)
      guard isAllowed, output.startsWith(operands[index]) else { return (index, .overlapsOutput) }
    }
    return nil
  }

  // MARK: - Contents

  private func contentsFault(
    in operand: Operand, _ requirement: OperandRequirement
  ) -> ProgramError.OperandFault? {
    switch requirement.contents {
    case .any: return nil
    case .indices(let limit):
      return checkedEntries(of: operand, byteCount: requirement.bytes, entryBytes: 4) { entry in
        entry.uint32(at: 0) < limit
      }
    case .taps(let limit):
      let entryBytes = MemoryLayout<uk_resize_tap>.size
      return checkedEntries(of: operand, byteCount: requirement.bytes, entryBytes: entryBytes) {
        entry in
        let fraction = Float(bitPattern: entry.uint32(at: 8))
        return entry.uint32(at: 0) < limit && entry.uint32(at: 4) < limit && fraction >= 0
          && fraction < 1 && entry.uint32(at: 12) == 0
      }
    }
  }

  private func checkedEntries(
    of operand: Operand, byteCount: Int, entryBytes: Int, _ isValid: (Span<UInt8>) -> Bool
  ) -> ProgramError.OperandFault? {
    guard operand.storage == .constant else { return .notConstant }
    let constants = tables.bytes(of: .constants)
    let start = Int(operand.record.offset)
    var offset = start
    while offset < start + byteCount {
      guard isValid(constants.extracting(offset..<offset + entryBytes)) else {
        return .invalidContents
      }
      offset += entryBytes
    }
    return nil
  }
}
