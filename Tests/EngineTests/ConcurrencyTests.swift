// SPDX-License-Identifier: Apache-2.0
import CAllocationCounter
import Engine
import Foundation
import TensorCore
import Testing

/// Threads, allocations, and what happens when the system refuses either.
@Suite(.serialized) struct ConcurrencyTests {
  private let x = (0..<32).map { Float($0) }

  @Test(hasCounter, arguments: 1...3)
  func runsTakeNoMemory(threads: Int) throws {
    try #require(allocation_counter_is_active() != 0, "the counter must be in front of malloc")
    let watch = allocation_watch_begin()
    defer { allocation_watch_end(watch) }
    // A pool made under the watch: its threads are counted too.
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    var options = Session.Options()
    options.pool = try ThreadPool(threads: threads)
    let session = try Session(program, options: options)
    try session.setInput(0, to: x)
    #expect(allocation_watch_count(watch) > 0)
    session.run()
    let before = allocation_watch_count(watch)
    for _ in 0..<1000 { session.run() }
    #expect(allocation_watch_count(watch) == before)
    #expect(try floats(session.outputBytes(0)) == SamplePrograms.addAndClamp(x))
  }

  @Test(hasCounter) func refusedMemoryIsAnError() throws {
    let file = SamplePrograms.addAndClamp.file()
    allocation_refuse_after(0)
    #expect(throws: ProgramError.outOfMemory(byteCount: file.count)) { try Program(copying: file) }
    let program = try Program(copying: file)
    let needed = try #require(program.memory(of: 0)).sessionByteCount(threads: 1)
    allocation_refuse_after(0)
    #expect(throws: SessionError.outOfMemory(byteCount: needed)) { try Session(program) }
    #expect(try Session(program).run() == .completed)
    for allowed in 0..<3 {
      allocation_refuse_after(Int32(allowed))
      #expect(throws: ThreadPoolError.outOfMemory) { try ThreadPool(threads: 3) }
    }
    allocation_refuse_after(-1)
  }

  @Test(hasCounter, arguments: 0..<2 as Range<Int32>)
  func refusedThreadIsAnError(allowed: Int32) throws {
    thread_refuse_after(allowed)
    defer { thread_refuse_after(-1) }
    #expect(throws: ThreadPoolError.cannotStartThread(errno: 11)) { try ThreadPool(threads: 3) }
  }

  @Test func poolsHaveLimits() {
    for threads in [-1, 0, ThreadPool.maximumThreadCount + 1] {
      #expect(throws: ThreadPoolError.invalidThreadCount(threads)) {
        try ThreadPool(threads: threads)
      }
    }
  }

  /// Many sessions of one program on one pool at once, each with its own input.
  @Test func sessionsShareProgramAndPool() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let pool = try ThreadPool(threads: 3)
    let failures = Counter()
    let threads = (0..<4).map { seed in
      Thread {
        do {
          var options = Session.Options()
          options.pool = pool
          let session = try Session(program, options: options)
          for round in 0..<500 {
            let x = (0..<32).map { Float($0 * seed + round) }
            try session.setInput(0, to: x)
            session.run()
            if try floats(session.outputBytes(0)) != SamplePrograms.addAndClamp(x) {
              failures.add(1)
            }
          }
        } catch {
          failures.add(1000)
        }
        failures.finish()
      }
    }
    for thread in threads { thread.start() }
    failures.wait(for: threads.count)
    #expect(failures.value == 0)
  }

  /// Threads come and go without work and with sleep between runs.
  @Test func sleepingThreadsWakeUp() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    for _ in 0..<20 {
      var options = Session.Options()
      options.pool = try ThreadPool(threads: 3)
      let session = try Session(program, options: options)
      try session.setInput(0, to: x)
      for _ in 0..<3 {
        session.run()
        #expect(try floats(session.outputBytes(0)) == SamplePrograms.addAndClamp(x))
        Thread.sleep(forTimeInterval: 0.001)
      }
    }
  }

  @Test func stopsFromAnotherThread() throws {
    let program = try Program(copying: SamplePrograms.addAndClamp.file())
    let session = try Session(program)
    let flag = session.stopFlag
    let stopper = Thread {
      Thread.sleep(forTimeInterval: 0.01)
      flag.raise()
    }
    stopper.start()
    var runs = 0
    while session.run() == .completed { runs += 1 }
    #expect(runs > 0)
  }
}

/// Sanitizers stand where the counter would.
private let hasCounter = ConditionTrait.enabled(
  if: allocation_counter_is_compiled() != 0, "sanitizer build")

/// Counts what threads report and lets one wait for them.
private final class Counter: @unchecked Sendable {
  private let condition = NSCondition()
  private var total = 0
  private var finished = 0

  var value: Int { condition.withLock { total } }

  func add(_ count: Int) { condition.withLock { total += count } }

  func finish() {
    condition.withLock {
      finished += 1
      condition.signal()
    }
  }

  func wait(for count: Int) {
    condition.withLock { while finished < count { condition.wait() } }
  }
}
