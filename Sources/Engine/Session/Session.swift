// SPDX-License-Identifier: Apache-2.0
import CKernels
import CPlatform
import TensorCore

/// One entry point of a program with memory to run it in.
///
/// All memory is taken when the session is made; a run takes none. A session is used by one thread
/// at a time; any number of sessions may run one program at once.
@safe public final class Session {
  /// The choices of a session.
  public struct Options {
    /// The position among the program's entry points.
    public var entryPoint = 0
    /// Kernels of later instruction sets are not used; `nil` allows all that the CPU has.
    public var instructionSetLimit: InstructionSet?
    /// Threads to share steps with; `nil` runs on the calling thread alone.
    public var pool: ThreadPool?
    /// Whether the session makes its own input and output buffers; otherwise every port must be
    /// bound before the first run.
    public var ownsPortBuffers = true
    /// Stops the session from other threads.
    public var stopFlag = StopFlag()

    /// What the CPU can do; tests take features away.
    package var features = CPUFeatures.current

    /// Creates the usual choices.
    public init() {}
  }

  /// How a run ended.
  public enum Outcome: Equatable, Sendable {
    /// Outputs are valid.
    case completed
    /// The stop flag was raised; outputs are not valid.
    case stopped
    /// Nothing ran: a port has no buffer.
    case unboundPort
  }

  /// What is run.
  public let program: Program

  /// Stops the session from other threads.
  public let stopFlag: StopFlag

  let entry: EntryPointRecord
  let layout: SessionLayout
  let selection: KernelSelection
  private let pool: ThreadPool?

  /// Ports without a buffer; a run needs there to be none.
  var unboundPorts: Int

  /// The session whose arena and state this one uses.
  private let host: Session?

  // SAFETY: `block` holds `layout.byteCount` bytes until `deinit`; `arena` and `state` are in it or
  // in that of `host`, or the arena is the caller's for as long as the session lives.
  let block: UnsafeMutableRawPointer
  let arena: UnsafeMutableRawPointer
  let state: UnsafeMutableRawPointer

  /// Makes a session with an arena of its own.
  ///
  /// - Throws: `SessionError`, when the CPU cannot run the program or memory is short.
  public convenience init(
    _ program: Program, options: Options = Options()
  ) throws(SessionError) {
    unsafe try self.init(program, options: options, givenArena: nil, host: nil)
  }

  /// Makes a session for another entry point of the same program, in the arena and on the state of
  /// a session, of which one runs at a time.
  ///
  /// What one leaves in the state the other finds there. Keeps the other session alive.
  /// - Throws: `SessionError`.
  public convenience init(
    sharing host: Session, options: Options = Options()
  ) throws(SessionError) {
    // SAFETY: the host's arena is as large as the program asks, and lives as long as the host.
    let arena = unsafe UnsafeMutableRawBufferPointer(
      start: host.arena, count: Int(host.program.header.arenaBytes))
    unsafe try self.init(host.program, options: options, givenArena: arena, host: host)
  }

  /// Makes a session that runs in the caller's memory: at least the program's arena bytes, from a
  /// multiple of 64, used by nobody else while the session lives.
  ///
  /// - Throws: `SessionError`, also when the arena is too small or misaligned.
  public convenience init(
    _ program: Program, options: Options = Options(), arena: UnsafeMutableRawBufferPointer
  ) throws(SessionError) {
    unsafe try self.init(program, options: options, givenArena: arena, host: nil)
  }

  private init(
    _ program: Program, options: Options, givenArena: UnsafeMutableRawBufferPointer?,
    host: Session?
  ) throws(SessionError) {
    guard options.entryPoint >= 0, options.entryPoint < program.tables.entryPointCount else {
      throw .noSuchEntryPoint(index: options.entryPoint)
    }
    let entry = program.entryPointRecord(options.entryPoint)
    let given = unsafe givenArena
    if let given = unsafe given { unsafe try checkArena(given, program) }
    guard
      let layout = SessionLayout(
        program, entry, threads: options.pool?.threadCount ?? 1, ownsArena: unsafe given == nil,
        ownsState: host == nil, ownsBuffers: options.ownsPortBuffers)
    else { throw .tooLarge }
    guard let block = unsafe cp_allocate(layout.byteCount) else {
      throw .outOfMemory(byteCount: layout.byteCount)
    }
    self.program = program
    self.host = host
    self.entry = entry
    self.layout = layout
    // A pool of one thread has nobody to share with.
    pool = options.pool.flatMap { $0.threadCount > 1 ? $0 : nil }
    stopFlag = options.stopFlag
    unsafe self.block = block
    unsafe arena = given?.baseAddress ?? block + layout.arena.lowerBound
    unsafe state = host?.state ?? block + layout.state.lowerBound
    unboundPorts = Int(entry.inputCount) + Int(entry.outputCount)
    selection = KernelSelection(features: options.features, limit: options.instructionSetLimit)
    try prepareCalls()
    if options.ownsPortBuffers { bindOwnBuffers() }
    if host == nil { resetState() }
  }

  deinit { unsafe cp_free(block) }

  // MARK: - Running

  /// Runs all steps.
  ///
  /// Takes no memory and cannot fail. The calling thread's float mode is restored.
  @discardableResult
  public func run() -> Outcome {
    run { _ in }
  }

  /// Runs all steps and calls back after each with its position in the program.
  @inline(__always)
  @discardableResult
  package func run(afterStep: (Int) -> Void) -> Outcome {
    guard unboundPorts == 0 else { return .unboundPort }
    let mode = cp_float_mode_enter()
    defer { cp_float_mode_leave(mode) }
    pool?.enter()
    defer { pool?.leave() }
    for index in 0..<Int(entry.stepCount) {
      if stopFlag.isRaised { return .stopped }
      runStep(index)
      afterStep(Int(entry.firstStep) + index)
    }
    return .completed
  }

  private func runStep(_ index: Int) {
    // SAFETY: `prepareCalls` filled one call for each step; the verifier proved that the kernel
    // stays inside the operands it was given.
    let call = unsafe calls + index
    let scratch = unsafe block + layout.scratch.lowerBound
    let rows = unsafe call.pointee.rows
    let rowsPerChunk = unsafe call.pointee.rowsPerChunk
    if let pool, rowsPerChunk < rows {
      let chunks = (rows - 1) / rowsPerChunk + 1
      var shared = unsafe SharedStep(
        call: call, scratch: scratch, scratchStride: layout.scratchStride)
      if unsafe cp_gang_run(pool.gang, chunks, runChunks, &shared) != 0 { return }
    }
    unsafe call.pointee.function(&call.pointee.arguments, 0, rows, scratch)
  }
}

/// A step that threads share: valid until `cp_gang_run` returns.
@unsafe private struct SharedStep {
  let call: UnsafeMutablePointer<StepCall>
  let scratch: UnsafeMutableRawPointer
  let scratchStride: Int
}

/// The body of a shared loop: chunks from `first` to below `end`, in the worker's own scratch.
private func runChunks(
  context: UnsafeMutableRawPointer?, first: UInt32, end: UInt32, worker: UInt32
) {
  // SAFETY: `context` is the `SharedStep` of `runStep`; workers are below the pool's thread count,
  // which the scratch was made for.
  guard let shared = unsafe context?.assumingMemoryBound(to: SharedStep.self).pointee else {
    return
  }
  let call = unsafe shared.call
  let (rows, chunk) = unsafe (call.pointee.rows, call.pointee.rowsPerChunk)
  let begin = first * chunk
  // The last chunk may be short, and the end of a whole one beyond 32 bits.
  let rowEnd = UInt32(min(UInt64(end) * UInt64(chunk), UInt64(rows)))
  let scratch = unsafe shared.scratch + Int(worker) * shared.scratchStride
  unsafe call.pointee.function(&call.pointee.arguments, begin, rowEnd, scratch)
}

private func checkArena(
  _ arena: UnsafeMutableRawBufferPointer, _ program: Program
) throws(SessionError) {
  let needed = Int(program.header.arenaBytes)
  guard arena.count >= needed else { throw .arenaTooSmall(needed: needed, given: arena.count) }
  guard UInt(bitPattern: arena.baseAddress) % UInt(ProgramFormat.alignment) == 0 else {
    throw .misalignedArena
  }
}
