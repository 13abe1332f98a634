// SPDX-License-Identifier: Apache-2.0
import CKernels
import CPlatform
import TensorCore

extension Session {
  /// One call for each step of the entry point.
  var calls: UnsafeMutablePointer<StepCall> {
    // SAFETY: the layout reserved room for them.
    unsafe (block + layout.calls.lowerBound).assumingMemoryBound(to: StepCall.self)
  }

  /// Chooses a kernel for each step and points its operands to their bytes; ports come later.
  func prepareCalls() throws(SessionError) {
    for index in 0..<Int(entry.stepCount) {
      let step = Int(entry.firstStep) + index
      let record = program.step(step)
      let contract = program.contract(ofStep: step)
      guard selection.canRound(contract) else { throw .needsFusedMultiplyAdd(step: step) }
      guard let kernel = unsafe selection.kernel(for: contract) else {
        throw .noKernel(step: step)
      }
      // SAFETY: room for `stepCount` calls, zeroed; the parameters were verified to be in the file.
      let call = unsafe calls + index
      unsafe call.pointee.function = kernel.function
      unsafe call.pointee.rows = record.rows
      unsafe call.pointee.rowsPerChunk = record.rowsPerChunk
      unsafe call.pointee.arguments.parameters =
        constantAddress(of: .parameters) + Int(record.parameterOffset)
      prepareOperands(of: index, record, program.requirements(ofStep: step))
    }
  }

  /// The symbol of the kernel that a step of the program runs, for reports.
  package func kernelName(ofStep step: Int) -> String? {
    // SAFETY: symbols are string literals.
    unsafe selection.kernel(for: program.contract(ofStep: step))
      .map { unsafe String(cString: $0.symbol) }
  }

  private func prepareOperands(
    of index: Int, _ record: StepRecord, _ requirements: StepRequirements
  ) {
    for (position, requirement) in requirements.operands.enumerated() {
      let rows = unsafe operand(position, of: index)
      let tensor = program.tensor(Int(record.operands[position]))
      unsafe rows.pointee.data = address(of: tensor)
      unsafe rows.pointee.row_bytes = UInt32(requirement.rowBytes)
      // Never 0, since kernels divide by it.
      unsafe rows.pointee.ring_rows = UInt32(max(requirement.rowCount, 1))
    }
  }

  /// An operand of a prepared call; positions are below `UK_MAX_OPERANDS`, as the verifier saw to.
  private func operand(_ position: Int, of index: Int) -> UnsafeMutablePointer<uk_rows> {
    // SAFETY: a C array is imported as a tuple, which has the array's layout.
    unsafe withUnsafeMutablePointer(to: &calls[index].arguments.operands) { operands in
      unsafe UnsafeMutableRawPointer(operands).assumingMemoryBound(to: uk_rows.self) + position
    }
  }

  /// Where a tensor's bytes are; `nil` for ports.
  func address(of tensor: TensorRecord) -> UnsafeMutablePointer<UInt8>? {
    guard let storage = ProgramFormat.Storage(rawValue: tensor.storage) else { return nil }
    // SAFETY: offsets were verified to lie inside their storage. Constants become mutable pointers
    // because one struct serves all operands; the verifier refuses steps that write them.
    let start: UnsafeMutableRawPointer? =
      switch storage {
      case .arena: unsafe arena
      case .state: unsafe state
      case .constant: unsafe UnsafeMutableRawPointer(mutating: constantAddress(of: .constants))
      case .input, .output: nil
      }
    return unsafe start.map { unsafe ($0 + Int(tensor.offset)).assumingMemoryBound(to: UInt8.self) }
  }

  /// The first byte of a section, which is not empty where this is asked.
  private func constantAddress(of section: ProgramFormat.Section) -> UnsafeRawPointer {
    guard let base = unsafe program.tables.memory.base else {
      preconditionFailure("a verified program has bytes")
    }
    return unsafe base + program.tables.range(of: section).lowerBound
  }

  /// Sets the state to the program's initial values.
  public func resetState() {
    let bytes = program.byteCount(of: .state)
    // SAFETY: the verifier saw that the section is as large as the state block.
    unsafe state.copyMemory(from: constantAddress(of: .state), byteCount: bytes)
  }

  /// A copy of the state block as it is now.
  package var stateBytes: [UInt8] {
    let bytes = program.byteCount(of: .state)
    // SAFETY: the state block has as many bytes.
    return unsafe Array(UnsafeRawBufferPointer(start: state, count: bytes))
  }

  /// Replaces the whole state block.
  ///
  /// - Precondition: as many bytes as the program's state has.
  package func setStateBytes(_ bytes: [UInt8]) {
    precondition(bytes.count == program.byteCount(of: .state), "the bytes must be a whole state")
    // SAFETY: the state block has as many bytes and is no array's storage.
    unsafe bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      unsafe state.copyMemory(from: start, byteCount: source.count)
    }
  }

  // MARK: - Ports

  /// The buffer of each port, inputs first.
  private var portTable: UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    // SAFETY: the layout reserved room for them, zeroed: no buffer.
    unsafe (block + layout.ports.lowerBound)
      .assumingMemoryBound(to: Optional<UnsafeMutableRawPointer>.self)
  }

  var portCount: Int { Int(entry.inputCount) + Int(entry.outputCount) }

  /// The tensor of a port; inputs first.
  func tensor(ofPort port: Int) -> Int { program.tables.port(Int(entry.firstPort) + port) }

  func byteCount(ofPort port: Int) -> Int {
    program.tables.byteCount(ofTensor: tensor(ofPort: port))
  }

  func buffer(ofPort port: Int) -> UnsafeMutableRawPointer? { unsafe portTable[port] }

  func bindOwnBuffers() {
    for port in 0..<portCount {
      unsafe setBuffer(block + ownBufferOffset(ofPort: port), ofPort: port)
    }
  }

  /// Where the session's own buffer of a port is in its block.
  func ownBufferOffset(ofPort port: Int) -> Int {
    var offset = layout.buffers.lowerBound
    for earlier in 0..<port {
      offset += ProgramFormat.aligned(byteCount(ofPort: earlier))
    }
    return offset
  }

  /// Points every operand that is the port's tensor to a buffer; takes no memory.
  func setBuffer(_ buffer: UnsafeMutableRawPointer, ofPort port: Int) {
    if unsafe portTable[port] == nil { unboundPorts -= 1 }
    unsafe portTable[port] = buffer
    let tensor = UInt32(tensor(ofPort: port))
    for index in 0..<Int(entry.stepCount) {
      let step = Int(entry.firstStep) + index
      for position in 0..<program.tables.operandCount(ofStep: step)
      where program.tables.operand(position, ofStep: step) == tensor {
        unsafe operand(position, of: index).pointee.data =
          buffer.assumingMemoryBound(to: UInt8.self)
      }
    }
  }
}
