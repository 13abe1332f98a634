// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import TensorCore
import Testing

/// What is wrong with a file is found, and named, before anything runs.
@Suite struct ProgramFaultTests {
  private let sound = SamplePrograms.addAndClamp

  // MARK: - File

  @Test func truncationAnywhereIsRefused() {
    let file = sound.file()
    for count in file.indices {
      let short = Array(file[..<count])
      #expect(throws: ProgramError.self) { try Program(copying: short) }
      #expect(throws: ProgramError.self) { try Program(copying: sealed(short)) }
    }
    #expect(throws: ProgramError.self) { try Program(copying: file + [0]) }
  }

  @Test func everyChangedByteIsFoundByTheChecksum() {
    let file = sound.file()
    for index in file.indices {
      var changed = file
      changed[index] ^= 0x40
      #expect(throws: ProgramError.self) { try Program(copying: changed) }
    }
  }

  @Test func versionsOfTheFutureHaveTheirOwnError() {
    var file = sound.file()
    file[10] = 1
    #expect(throws: ProgramError.newerVersion(major: 1, minor: 1)) { try Program(copying: file) }
    file[8] = 2
    file[10] = 0
    #expect(throws: ProgramError.newerVersion(major: 2, minor: 0)) { try Program(copying: file) }
    file[8] = 0
    #expect(throws: ProgramError.unknownVersion(major: 0, minor: 0)) { try Program(copying: file) }
  }

  @Test func fileFaultsAreNamed() {
    var file = sound.file()
    #expect(throws: ProgramError.truncated(byteCount: 79)) {
      try Program(copying: Array(file[..<79]))
    }
    #expect(throws: ProgramError.wrongSize(stated: UInt64(file.count), actual: file.count - 1)) {
      try Program(copying: Array(file.dropLast()))
    }
    file[100] ^= 1
    #expect(throws: ProgramError.wrongChecksum) { try Program(copying: file) }
    file[0] = 0
    #expect(throws: ProgramError.notAProgram) { try Program(copying: file) }
    #expect(throws: ProgramError.cannotRead(errno: 2)) {
      try Program(path: "/nonexistent/x.thimble")
    }
    #expect(throws: ProgramError.cannotRead(errno: 21)) { try Program(path: "/tmp") }
  }

  @Test func borrowedMemoryMustBeAligned() throws {
    let file = sound.file()
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count + 64, alignment: 64)
    defer { memory.deallocate() }
    memory[8...].copyBytes(from: file)
    let misaligned = UnsafeRawBufferPointer(rebasing: memory[8..<8 + file.count])
    #expect(throws: ProgramError.misaligned) { try Program(borrowing: misaligned) }
    memory.copyBytes(from: file)
    let aligned = UnsafeRawBufferPointer(rebasing: memory[..<file.count])
    #expect(try Session(Program(borrowing: aligned)).run() == .completed)
  }

  // MARK: - Sections

  @Test func sectionFaultsAreNamed() {
    expectSection(.unknown, kind: 77) { $0.kind = 77 }
    expectSection(.outOfOrder, kind: 2) { $0.kind = 2 }
    expectSection(.misplaced, kind: 3) { $0.offset += 64 }
    expectSection(.outOfBounds, kind: 3) { $0.bytes = .max }
    expectSection(.outOfBounds, kind: 3) { $0.offset = .max - 63 }
    expectSection(.wrongSize, kind: 3) { $0.bytes -= 1 }
  }

  @Test func paddingMustBeZero() throws {
    var file = sound.file()
    // The ports, two of four bytes, do not fill their 64.
    let ports = try #require(section(2, of: file))
    file[Int(ports.offset + ports.bytes)] = 1
    #expect(throws: ProgramError.section(kind: 4, .dirtyPadding)) {
      try Program(copying: sealed(file))
    }
  }

  @Test func namesMustBeText() {
    var program = sound
    program.names[0] = 0xFF
    expect(.section(kind: 8, .invalidText), program)
    program = sound
    program.names[program.names.count - 1] = 0x41
    expect(.section(kind: 8, .invalidText), program)
  }

  // MARK: - Tensors

  @Test func tensorFaultsAreNamed() {
    expectTensor(.unknownDType) { $0.dtype = 77 }
    expectTensor(.unknownStorage) { $0.storage = 6 }
    expectTensor(.invalidName) { $0.name = 100_000 }
    expectTensor(.wrongSize) { $0.bytes += 4 }
    expectTensor(.wrongSize) { $0.extents = [0, 4] }
    expectTensor(.wrongSize) { $0.extents = [.max, .max, .max, .max] }
    expectTensor(.misaligned) { $0.offset = 2 }
    expectTensor(.invalidQuantization) { $0.scale = .nan }
    expectTensor(.invalidQuantization) { $0.scale = 1 }
    expectTensor(.invalidQuantization) { $0.zeroPoint = 1 }
    expectTensor(.misaligned) {
      $0.storage = ProgramFormat.Storage.input.rawValue; $0.offset = 64
    }
    var program = sound
    program.header.arenaBytes = 128
    program.tensors[2].offset = .max - 127
    expect(.tensor(index: 2, .outOfBounds), program)
    program.tensors[2].offset = 64
    expect(.tensor(index: 2, .outOfBounds), program)
  }

  @Test func statedSizesMustBeTheNeededOnes() {
    var program = sound
    program.header.arenaBytes = 192
    expect(.arenaSize(stated: 192, needed: 128), program)
    program = sound
    program.header.stateBytes = 64
    expect(.stateSize(stated: 64, needed: 0), program)
    program = sound
    program.header.scratchBytesPerThread = 1
    expect(.scratchSize(stated: 1, needed: 0), program)
  }

  // MARK: - Steps

  @Test func stepFaultsAreNamed() {
    expectStep(.unknownContract(65_000)) { $0.contract = 65_000 }
    expectStep(.wrongOperandCount) { $0.operands.removeLast() }
    expectStep(.invalidName) { $0.name = .max }
    expectStep(.invalidName) { $0.operation = .max }
    expectStep(.boundedExtent) { $0.boundTensor = 0 }
    expectStep(.invalidParameterRange) { $0.parameterOffset += 4 }
    expectStep(.invalidParameterRange) { $0.parameterOffset = 1 << 31 }
    expectStep(.invalidParameterRange) { $0.parameterBytes += 16 }
    expectStep(.wrongRows) { $0.rows -= 1 }
    expectStep(.wrongRowsPerChunk) { $0.rowsPerChunk = 0 }
    expectStep(.wrongRowsPerChunk) { $0.rowsPerChunk = 9 }
    expectStep(.operand(index: 1, .noSuchTensor)) { $0.operands[1] = 5 }
    expectStep(.operand(index: 2, .tooSmall)) { $0.operands[2] = 4 }
    expectStep(.operand(index: 2, .notWritable)) { $0.operands[2] = 0 }
    var program = sound
    program.header.floatClass = 1
    program.steps[1].contract = 51
    expect(.step(index: 1, .wrongFloatClass), program)
    program = sound
    program.parameters[0] = 0
    expect(.step(index: 0, .invalidParameters), program)
  }

  @Test func outputsShareBytesOnlyWhereTheContractAllows() throws {
    var program = sound
    // Clamp: the output may be on the whole input, from its first byte.
    program.tensors[3].offset = program.tensors[2].offset
    _ = try Program(copying: program.file())
    program.tensors[3].offset = 16
    expect(.step(index: 1, .operand(index: 0, .overlapsOutput)), program)
    // Maximum pooling: never.
    program = SamplePrograms.mixed
    program.steps[0].operands[0] = program.steps[0].operands[1]
    expect(.step(index: 0, .operand(index: 0, .tooSmall)), program)
    program.tensors[3] = program.tensors[0]
    program.tensors[3].storage = ProgramFormat.Storage.arena.rawValue
    expect(.step(index: 0, .operand(index: 0, .overlapsOutput)), program)
  }

  @Test func tablesMustPointIntoTheImage() {
    var program = SamplePrograms.mixed
    program.constants[0] = 2
    expect(.step(index: 4, .operand(index: 1, .invalidContents)), program)
    program = SamplePrograms.mixed
    program.steps[4].operands[1] = 5
    expect(.step(index: 4, .operand(index: 1, .notConstant)), program)
  }

  // MARK: - Entry points

  @Test func entryPointFaultsAreNamed() {
    expectEntry(.invalidName) { $0.name = .max }
    expectEntry(.invalidSteps) { $0.stepCount += 1 }
    expectEntry(.invalidPorts) { $0.outputCount += 1 }
    expectEntry(.invalidPort(index: 1)) {
      $0.inputCount = 2; $0.outputCount = 0
    }
    expectEntry(.unwrittenOutput(index: 0)) { $0.stepCount -= 1 }
    expectEntry(.unboundTensor(step: 0)) {
      $0.inputCount = 0; $0.outputCount = 1; $0.firstPort = 1
    }
    var program = sound
    program.entryPoints.append(program.entryPoints[0])
    expect(.entryPoint(index: 1, .duplicateName), program)
    program = sound
    program.ports[1] = .max
    expect(.entryPoint(index: 0, .invalidPort(index: 1)), program)
    program = sound
    program.entryPoints = Array(repeating: program.entryPoints[0], count: 65)
    expect(.entryPoint(index: 64, .tooMany), program)
  }

  // MARK: - Helpers

  private func expect(
    _ error: ProgramError, _ program: ProgramAssembler,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: error, sourceLocation: location) { try Program(copying: program.file()) }
  }

  /// Changes the arena tensor `clamped`.
  private func expectTensor(
    _ fault: ProgramError.TensorFault, at location: SourceLocation = #_sourceLocation,
    _ change: (inout TensorRecord) -> Void
  ) {
    var program = sound
    change(&program.tensors[3])
    expect(.tensor(index: 3, fault), program, at: location)
  }

  /// Changes the first step.
  private func expectStep(
    _ fault: ProgramError.StepFault, at location: SourceLocation = #_sourceLocation,
    _ change: (inout StepRecord) -> Void
  ) {
    var program = sound
    change(&program.steps[0])
    expect(.step(index: 0, fault), program, at: location)
  }

  private func expectEntry(
    _ fault: ProgramError.EntryPointFault, at location: SourceLocation = #_sourceLocation,
    _ change: (inout EntryPointRecord) -> Void
  ) {
    var program = sound
    change(&program.entryPoints[0])
    expect(.entryPoint(index: 0, fault), program, at: location)
  }

  /// Changes the table entry of the ports.
  private func expectSection(
    _ fault: ProgramError.SectionFault, kind: UInt32,
    at location: SourceLocation = #_sourceLocation,
    _ change: (inout SectionRecord) -> Void
  ) {
    var file = sound.file()
    guard var record = section(2, of: file) else { return }
    change(&record)
    var bytes: [UInt8] = []
    record.append(to: &bytes)
    let start = ProgramHeader.byteCount + 2 * SectionRecord.byteCount
    file.replaceSubrange(start..<start + bytes.count, with: bytes)
    #expect(throws: ProgramError.section(kind: kind, fault), sourceLocation: location) {
      try Program(copying: sealed(file))
    }
  }

  private func section(_ index: Int, of file: [UInt8]) -> SectionRecord? {
    let start = ProgramHeader.byteCount + index * SectionRecord.byteCount
    let entry = Array(file[start..<start + SectionRecord.byteCount])
    return SectionRecord(decoding: entry.span)
  }
}
