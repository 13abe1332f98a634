// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension ProgramVerifier {
  /// Checks every entry point: its ranges, its ports, and that its steps use no other port.
  func verifyEntryPoints() throws(ProgramError) {
    let count = tables.entryPointCount
    guard count <= ProgramFormat.maximumEntryPoints else {
      throw .entryPoint(index: ProgramFormat.maximumEntryPoints, .tooMany)
    }
    var uses = PortUses(tensorCount: tables.tensorCount)
    for index in 0..<count {
      guard let entry = tables.entryPoint(index) else {
        throw .entryPoint(index: index, .malformed)
      }
      guard tables.isName(entry.name) else { throw .entryPoint(index: index, .invalidName) }
      for earlier in 0..<index where isSameName(entry, tables.entryPoint(earlier)) {
        throw .entryPoint(index: index, .duplicateName)
      }
      if let fault = rangeFault(in: entry) { throw .entryPoint(index: index, fault) }
      uses.begin(index)
      if let fault = portFault(in: entry, &uses) { throw .entryPoint(index: index, fault) }
    }
  }

  /// Which entry point last listed or wrote each tensor, so that no list is searched.
  private struct PortUses {
    private var listed: [Int]
    private var written: [Int]
    private var entry = -1

    init(tensorCount: Int) {
      listed = [Int](repeating: -1, count: tensorCount)
      written = listed
    }

    mutating func begin(_ entry: Int) { self.entry = entry }

    /// Returns whether the tensor was not listed before.
    mutating func list(_ tensor: Int) -> Bool {
      defer { listed[tensor] = entry }
      return listed[tensor] != entry
    }

    mutating func write(_ tensor: Int) { written[tensor] = entry }
    func isListed(_ tensor: Int) -> Bool { listed[tensor] == entry }
    func isWritten(_ tensor: Int) -> Bool { written[tensor] == entry }
  }

  private func isSameName(_ entry: EntryPointRecord, _ other: EntryPointRecord?) -> Bool {
    guard let other else { return false }
    let names = tables.bytes(of: .names)
    let (a, b) = (tables.nameRange(entry.name), tables.nameRange(other.name))
    guard a.count == b.count else { return false }
    for offset in 0..<a.count
    where names[a.lowerBound + offset] != names[b.lowerBound + offset] { return false }
    return true
  }

  private func rangeFault(in entry: EntryPointRecord) -> ProgramError.EntryPointFault? {
    let steps = UInt64(entry.firstStep) + UInt64(entry.stepCount)
    guard steps <= tables.stepCount else { return .invalidSteps }
    let ports = UInt64(entry.firstPort) + UInt64(entry.inputCount) + UInt64(entry.outputCount)
    return ports <= tables.portCount ? nil : .invalidPorts
  }

  private func portFault(
    in entry: EntryPointRecord, _ uses: inout PortUses
  ) -> ProgramError.EntryPointFault? {
    let (inputs, outputs) = (Int(entry.inputCount), Int(entry.outputCount))
    for index in 0..<inputs + outputs {
      let tensor = tables.port(Int(entry.firstPort) + index)
      let storage: ProgramFormat.Storage = index < inputs ? .input : .output
      guard tensor < tables.tensorCount, self.storage(of: tensor) == storage, uses.list(tensor)
      else { return .invalidPort(index: index) }
    }
    for index in Int(entry.firstStep)..<Int(entry.firstStep) + Int(entry.stepCount) {
      guard let step = tables.step(index) else { return .invalidSteps }
      for operand in step.operands {
        let storage = storage(of: Int(operand))
        guard (storage != .input && storage != .output) || uses.isListed(Int(operand)) else {
          return .unboundTensor(step: index)
        }
      }
      if let output = step.operands.last { uses.write(Int(output)) }
    }
    for index in 0..<outputs
    where !uses.isWritten(tables.port(Int(entry.firstPort) + inputs + index)) {
      return .unwrittenOutput(index: index)
    }
    return nil
  }

  private func storage(of tensor: Int) -> ProgramFormat.Storage? {
    tables.tensor(tensor).flatMap { ProgramFormat.Storage(rawValue: $0.storage) }
  }
}
