// SPDX-License-Identifier: Apache-2.0
import CThimble
import Engine
import TensorCore
import Testing

/// The C API called as C would.
@Suite struct CAPITests {
  private let x = (0..<32).map { Float($0) - 9 }

  @Test func runsAProgram() throws {
    let program = try load(SamplePrograms.addAndClamp.file())
    var pool: OpaquePointer?
    #expect(thimble_pool_create(2, &pool, nil) == THIMBLE_OK)
    var options = thimble_session_options()
    options.pool = pool
    options.isa_limit = THIMBLE_ISA_SSE41
    var session: OpaquePointer?
    #expect(thimble_session_create(program, &options, &session, nil) == THIMBLE_OK)
    // The session keeps what it needs.
    thimble_program_free(program)
    thimble_pool_free(pool)
    let made = try #require(session)
    defer { thimble_session_free(made) }
    var bytes = 0
    let input = try #require(thimble_session_input(made, 0, &bytes))
    #expect(bytes == 128)
    x.withUnsafeBytes { input.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    #expect(thimble_session_run(made) == THIMBLE_OK)
    let output = try #require(thimble_session_output(made, 0, &bytes))
    let values = UnsafeRawBufferPointer(start: output, count: bytes).bindMemory(to: Float.self)
    #expect(Array(values) == SamplePrograms.addAndClamp(x))
    #expect(thimble_session_input(made, 1, nil) == nil)
    thimble_session_stop(made)
    #expect(thimble_session_run(made) == THIMBLE_STOPPED)
    thimble_session_resume(made)
    thimble_session_reset_state(made)
    #expect(thimble_session_run(made) == THIMBLE_OK)
  }

  @Test func bindsBuffersAndArena() throws {
    let program = try load(SamplePrograms.addAndClamp.file())
    defer { thimble_program_free(program) }
    var memory = thimble_memory()
    #expect(thimble_program_memory(program, 0, &memory) == THIMBLE_OK)
    #expect(memory.arena == 128)
    let arena = UnsafeMutableRawBufferPointer.allocate(byteCount: memory.arena, alignment: 64)
    var y = [Float](repeating: 0, count: 32)
    defer { arena.deallocate() }
    var options = thimble_session_options()
    options.binds_ports = 1
    options.arena = arena.baseAddress
    options.arena_bytes = memory.arena
    var session: OpaquePointer?
    #expect(thimble_session_create(program, &options, &session, nil) == THIMBLE_OK)
    let made = try #require(session)
    defer { thimble_session_free(made) }
    #expect(thimble_session_run(made) == THIMBLE_UNBOUND_PORT)
    x.withUnsafeBytes { x in
      y.withUnsafeMutableBytes { y in
        #expect(
          thimble_session_bind_input(made, 0, x.baseAddress!, 64) == THIMBLE_WRONG_BUFFER_SIZE)
        #expect(thimble_session_bind_input(made, 0, x.baseAddress!, 128) == THIMBLE_OK)
        #expect(thimble_session_bind_output(made, 0, y.baseAddress!, 128) == THIMBLE_OK)
        #expect(thimble_session_run(made) == THIMBLE_OK)
      }
    }
    #expect(y == SamplePrograms.addAndClamp(x))
  }

  @Test func describesPrograms() throws {
    let program = try load(SamplePrograms.mixed.file())
    defer { thimble_program_free(program) }
    #expect(String(cString: thimble_program_name(program)) == "assembled")
    #expect(thimble_program_entry_point_count(program) == 1)
    #expect(thimble_program_entry_point_name(program, 0).map { String(cString: $0) } == "infer")
    #expect(thimble_program_entry_point_name(program, 1) == nil)
    #expect(thimble_program_input_count(program, 0) == 1)
    #expect(thimble_program_output_count(program, 0) == 2)
    #expect(thimble_program_output_count(program, 7) == 0)
    var memory = thimble_memory()
    #expect(thimble_program_memory(program, 1, &memory) == THIMBLE_NO_SUCH_ENTRY_POINT)
    try withUnsafeTemporaryAllocation(of: thimble_port.self, capacity: 1) { port in
      let address = try #require(port.baseAddress)
      #expect(thimble_program_output(program, 0, 1, address) == THIMBLE_OK)
      #expect(String(cString: port[0].name) == "quantised")
      #expect(port[0].dtype == THIMBLE_INT8)
      #expect(port[0].rank == 4)
      #expect(port[0].extents.0 == 1 && port[0].extents.3 == 2 && port[0].extents.4 == 0)
      #expect(port[0].bytes == 8)
      #expect(thimble_program_input(program, 0, 1, address) == THIMBLE_NO_SUCH_PORT)
    }
  }

  @Test func errorsAreLocated() {
    var broken = SamplePrograms.addAndClamp
    broken.steps[1].operands[0] = 99
    var program: OpaquePointer?
    var detail = thimble_detail()
    let file = broken.file()
    let status = thimble_program_load_memory(file, file.count, 1, &program, &detail)
    #expect(status == THIMBLE_OPERAND_NO_SUCH_TENSOR)
    #expect(program == nil)
    #expect((detail.step, detail.operand, detail.tensor) == (1, 0, -1))
    #expect(thimble_program_load("/nonexistent", &program, &detail) == THIMBLE_CANNOT_READ)
    #expect(detail.system_error == 2)
    #expect(thimble_pool_create(0, &program, &detail) == THIMBLE_INVALID_THREAD_COUNT)
  }

  @Test func statusesHaveMessages() {
    func message(_ status: UInt32) -> String {
      String(cString: thimble_status_message(thimble_status(status)))
    }
    let groups: [ClosedRange<UInt32>] = [
      0...2, 100...112, 200...208, 300...307, 400...409, 500...507, 600...608, 700...709, 800...801,
      900...900,
    ]
    for status in groups.joined() { #expect(message(status) != "unknown status") }
    for status: UInt32 in [3, 113, 999, .max] { #expect(message(status) == "unknown status") }
    #expect(String(cString: thimble_version()) == engineVersion.description)
  }

  @Test func errorsReadAsSentences() {
    #expect(
      ProgramError.step(index: 3, .operand(index: 1, .tooSmall)).description
        == "step 3, operand 1: the tensor is too small")
    #expect(
      ProgramError.newerVersion(major: 1, minor: 4).description
        == "the file was written by a newer Thimble; update the engine (format 1.4)")
    #expect(
      SessionError.arenaTooSmall(needed: 128, given: 64).description
        == "the arena is too small (128 bytes wanted, 64 there)")
    #expect(
      ThreadPoolError.cannotStartThread(errno: 11).description
        == "the system refuses to start a thread (errno 11)")
  }

  private func load(_ file: [UInt8]) throws -> OpaquePointer {
    var program: OpaquePointer?
    #expect(thimble_program_load_memory(file, file.count, 1, &program, nil) == THIMBLE_OK)
    return try #require(program)
  }
}
