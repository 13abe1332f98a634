// SPDX-License-Identifier: Apache-2.0
import CPlatform
import Engine
import TensorCore
import Testing

@Suite struct SessionTests {
  private let x = (0..<32).map { Float($0) / 2 - 3 }

  @Test func runsWithItsOwnBuffers() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let session = try Session(program)
    try session.setInput(0, to: x)
    #expect(session.run() == .completed)
    #expect(try floats(session.outputBytes(0)) == SamplePrograms.addAndClamp(x))
  }

  @Test func describesItsPorts() throws {
    let program = try Program(copying: SamplePrograms.mixed.file())
    #expect(program.name == "assembled")
    let entry = try #require(program.entryPoints.first)
    #expect(entry.name == "infer")
    #expect(program.entryPoint(named: "infer") == 0)
    #expect(program.entryPoint(named: "infe") == nil)
    #expect(entry.inputs.map(\.name) == ["image"])
    #expect(entry.outputs.map(\.name) == ["resized", "quantised"])
    #expect(entry.outputs[1].type == TensorType(.int8, [1, 2, 2, 2]))
  }

  @Test func mixedProgramGivesTheSameBytesWithAnyThreadsAndInstructions() throws {
    let program = try Program(copying: SamplePrograms.mixed.file())
    let image = (0..<32).map { Float($0 * 7 % 11) - 5 }
    var answers: [[UInt8]] = []
    for threads in 1...3 {
      for isa in InstructionSet.allCases {
        var options = Session.Options()
        options.pool = try ThreadPool(threads: threads)
        options.instructionSetLimit = isa
        let session = try Session(program, options: options)
        try session.setInput(0, to: image)
        #expect(session.run() == .completed)
        answers.append(try session.outputBytes(0) + session.outputBytes(1))
      }
    }
    for answer in answers { #expect(answer == answers[0]) }
    #expect(answers[0].contains { $0 != 0 })
  }

  @Test func runsWithBoundBuffersAndArena() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let arenaBytes = try #require(program.memory(of: 0)).arenaByteCount
    let arena = UnsafeMutableRawBufferPointer.allocate(byteCount: arenaBytes, alignment: 64)
    let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 128, alignment: 4)
    defer {
      arena.deallocate()
      output.deallocate()
    }
    var options = Session.Options()
    options.ownsPortBuffers = false
    let session = try Session(program, options: options, arena: arena)
    #expect(session.run() == .unboundPort)
    #expect(throws: SessionError.noOwnBuffer) { try session.setInput(0, to: x) }
    try x.withUnsafeBytes { bytes in
      try session.bindInput(0, to: bytes)
      try session.bindOutput(0, to: output)
      #expect(session.run() == .completed)
    }
    #expect(floats(Array(output)) == SamplePrograms.addAndClamp(x))
  }

  @Test func refusesUnsuitableMemory() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1024, alignment: 64)
    defer { memory.deallocate() }
    #expect(throws: SessionError.arenaTooSmall(needed: 128, given: 127)) {
      try Session(program, arena: UnsafeMutableRawBufferPointer(rebasing: memory[..<127]))
    }
    #expect(throws: SessionError.misalignedArena) {
      try Session(program, arena: UnsafeMutableRawBufferPointer(rebasing: memory[4...]))
    }
    let session = try Session(program)
    #expect(throws: SessionError.wrongBufferSize(needed: 128, given: 132)) {
      try session.bindOutput(0, to: UnsafeMutableRawBufferPointer(rebasing: memory[..<132]))
    }
    #expect(throws: SessionError.misalignedBuffer) {
      try session.bindOutput(0, to: UnsafeMutableRawBufferPointer(rebasing: memory[2..<130]))
    }
    #expect(throws: SessionError.noSuchPort(index: 1)) { try session.outputBytes(1) }
    #expect(throws: SessionError.noSuchPort(index: -1)) { try session.setInput(-1, to: x) }
    #expect(throws: SessionError.wrongBufferSize(needed: 128, given: 4)) {
      try session.setInput(0, to: [Float(1)])
    }
  }

  @Test func refusesAnEntryPointThatIsNotThere() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    var options = Session.Options()
    options.entryPoint = 1
    #expect(throws: SessionError.noSuchEntryPoint(index: 1)) {
      try Session(program, options: options)
    }
    #expect(program.memory(of: 1) == nil)
  }

  @Test func fusedProgramsNeedTheInstruction() throws {
    var assembler = SamplePrograms.mixed
    assembler.header.floatClass = FloatClass.fma.rawValue
    assembler.steps[1].contract = 50
    let program = try Program(copying: assembler.file())
    var options = Session.Options()
    options.features.remove(.fma)
    #expect(throws: SessionError.needsFusedMultiplyAdd(step: 1)) {
      try Session(program, options: options)
    }
  }

  @Test func kernelsStayBelowTheLimit() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    func kernel(_ limit: InstructionSet?, _ features: CPUFeatures) throws -> String? {
      var options = Session.Options()
      options.instructionSetLimit = limit
      options.features = features
      return try Session(program, options: options).kernelName(ofStep: 1)
    }
    let all: CPUFeatures = [.sse41, .avx2, .fma, .avx512]
    #expect(try kernel(.scalar, all) == "uk_f32_clamp__scalar")
    #expect(try kernel(nil, []) == "uk_f32_clamp__scalar")
    #if arch(x86_64)
      #expect(try kernel(.sse41, all) == "uk_f32_clamp__sse41")
      #expect(try kernel(.avx2, all) == "uk_f32_clamp__avx2")
      #expect(try kernel(nil, all) == "uk_f32_clamp__avx512")
      // Half of an instruction set is none.
      #expect(try kernel(nil, [.sse41, .avx2]) == "uk_f32_clamp__sse41")
    #endif
  }

  @Test func stopsBetweenSteps() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let session = try Session(program)
    try session.setInput(0, to: x)
    var steps: [Int] = []
    let outcome = session.run { step in
      steps.append(step)
      if step == 1 { session.stopFlag.raise() }
    }
    #expect(outcome == .stopped)
    #expect(steps == [0, 1])
    #expect(session.run() == .stopped)
    session.stopFlag.clear()
    #expect(session.run() == .completed)
  }

  @Test func stateIsKeptAndReset() throws {
    let program = try Program(copying: SamplePrograms.mixed.file())
    let session = try Session(program)
    let memory = 5
    let initial = try #require(session.bytes(ofTensor: memory))
    session.run()
    #expect(session.bytes(ofTensor: memory) != initial)
    session.resetState()
    #expect(session.bytes(ofTensor: memory) == initial)
  }

  /// What training does: weights that a program may change, in the packing that gemms read.
  @Test func packedWeightsMayBeState() throws {
    let session = try Session(Program(copying: SamplePrograms.weightsInState.file()))
    try session.setInput(0, to: [1, 2, 3] as [Float])
    #expect(session.run() == .completed)
    // y = x · w + bias with w[k][column] = k + 2 · column, and back: y · wᵀ.
    #expect(try floats(session.outputBytes(0)) == [8.5, 20.5])
    #expect(try floats(session.outputBytes(1)) == [41, 70, 99])
  }

  @Test func floatModeIsRestored() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    var options = Session.Options()
    options.pool = try ThreadPool(threads: 2)
    let session = try Session(program, options: options)
    let before = cp_float_mode()
    session.run { _ in #expect(cp_float_mode() != before) }
    #expect(cp_float_mode() == before)
  }

  @Test func subnormalsAreZeroDuringARunOnly() throws {
    let program = try Program(copying: SamplePrograms.mixed.file())
    // The largest subnormal, in every place: the pool's comparison sees zeros.
    let tiny = Float.leastNormalMagnitude.nextDown
    let session = try Session(program)
    try session.setInput(0, to: [Float](repeating: -tiny, count: 32))
    session.run()
    #expect(try floats(session.outputBytes(0)) == [Float](repeating: 0.5, count: 32))
    #expect(tiny / 2 > 0)
  }
}

func floats(_ bytes: [UInt8]) -> [Float] { littleEndianArray(bytes, as: Float.self) }
