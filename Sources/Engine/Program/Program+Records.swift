// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The records of a program, for tools that look inside. Indices must be below the counts.
extension Program {
  package var tensorCount: Int { tables.tensorCount }
  package var stepCount: Int { tables.stepCount }

  package func tensor(_ index: Int) -> TensorRecord {
    guard let record = tables.tensor(index) else { preconditionFailure("verified at load") }
    return record
  }

  package func step(_ index: Int) -> StepRecord {
    guard let record = tables.step(index) else { preconditionFailure("verified at load") }
    return record
  }

  package func entryPointRecord(_ index: Int) -> EntryPointRecord {
    guard let record = tables.entryPoint(index) else { preconditionFailure("verified at load") }
    return record
  }

  /// What the compiler knew of memory.
  package var memoryReport: MemoryReportRecord {
    guard let record = tables.memoryReport else { preconditionFailure("verified at load") }
    return record
  }

  /// The name at an offset that a record holds.
  package func name(_ offset: UInt32) -> String { tables.name(offset) }

  /// The name of the operator that a step computes; `nil` when the program does not state it.
  package func operatorName(ofStep index: Int) -> String? {
    let offset = step(index).operation
    return offset == 0 ? nil : name(offset)
  }

  package func parameters(ofStep index: Int) -> [UInt8] { tables.parameters(of: step(index)) }

  package func contract(ofStep index: Int) -> uk_contract {
    // SAFETY: rows of the contract table live forever.
    guard let row = unsafe uk_contract_find(UInt32(step(index).contract)) else {
      preconditionFailure("verified at load")
    }
    return unsafe row.pointee.contract
  }

  package func requirements(ofStep index: Int) -> StepRequirements {
    let parameters = parameters(ofStep: index)
    guard let found = stepRequirements(of: contract(ofStep: index), parameters: parameters) else {
      preconditionFailure("verified at load")
    }
    return found
  }

  /// The size of the file, in bytes.
  package var fileByteCount: Int { tables.memory.byteCount }

  /// The size of a section, in bytes.
  package func byteCount(of section: ProgramFormat.Section) -> Int {
    tables.range(of: section).count
  }
}
