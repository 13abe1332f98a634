// SPDX-License-Identifier: Apache-2.0
import CPlatform
import Foundation
import Synchronization
import Testing

/// The threads under a pool.
@Suite struct GangTests {
  @Test(arguments: [1, 2, 4] as [UInt32])
  func everyIndexRunsOnce(threads: UInt32) throws {
    var gang: OpaquePointer?
    #expect(cp_gang_create(threads, &gang) == 0)
    let made = try #require(gang)
    defer { cp_gang_free(made) }
    for count: UInt32 in [0, 1, 2, 7, 1000] {
      let tally = Tally(count: Int(count), threads: Int(threads))
      #expect(cp_gang_run(made, count, visit, Unmanaged.passUnretained(tally).toOpaque()) == 1)
      for visits in tally.visits { #expect(visits == 1) }
      #expect(tally.strangers.load(ordering: .relaxed) == 0)
    }
  }

  /// Whoever takes them: half of what is left of a thread's portion at a time.
  @Test func rangesAreHalvesOfPortions() throws {
    var gang: OpaquePointer?
    #expect(cp_gang_create(3, &gang) == 0)
    let made = try #require(gang)
    defer { cp_gang_free(made) }
    let tally = Tally(count: 25, threads: 3)
    cp_gang_run(made, 25, visit, Unmanaged.passUnretained(tally).toOpaque())
    // Portions: 0 to 8, 9 to 16, 17 to 24.
    let ranges = tally.calls.indices.filter { tally.calls[$0] > 0 }
      .map { $0..<Int(tally.calls[$0]) }
    #expect(
      ranges == [
        0..<5, 5..<7, 7..<8, 8..<9, 9..<13, 13..<15, 15..<16, 16..<17, 17..<21, 21..<23, 23..<24,
        24..<25,
      ])
  }

  @Test func gangThreadsFlushSubnormals() throws {
    var gang: OpaquePointer?
    #expect(cp_gang_create(4, &gang) == 0)
    let made = try #require(gang)
    defer { cp_gang_free(made) }
    let mode = cp_float_mode_enter()
    let expected = cp_float_mode()
    cp_float_mode_leave(mode)
    #expect(expected != cp_float_mode())
    let tally = Tally(count: 1000, threads: 4)
    tally.mode = expected
    cp_gang_run(made, 1000, checkMode, Unmanaged.passUnretained(tally).toOpaque())
    #expect(tally.strangers.load(ordering: .relaxed) == 0)
  }

  @Test func aTakenGangRefusesAtOnce() throws {
    var gang: OpaquePointer?
    #expect(cp_gang_create(2, &gang) == 0)
    let made = try #require(gang)
    defer { cp_gang_free(made) }
    cp_gang_run(
      made, 1,
      { context, _, _, _ in
        #expect(cp_gang_run(OpaquePointer(context!), 1, { _, _, _, _ in }, nil) == 0)
      }, UnsafeMutableRawPointer(made))
    #expect(cp_gang_run(made, 1, { _, _, _, _ in }, nil) == 1)
  }

  @Test func callersStandForThreads() throws {
    var gang: OpaquePointer?
    #expect(cp_gang_create(3, &gang) == 0)
    let made = try #require(gang)
    defer { cp_gang_free(made) }
    let tally = Tally(count: 1000, threads: 2)
    let context = Unmanaged.passUnretained(tally).toOpaque()
    cp_gang_enter(made)
    cp_gang_enter(made)
    // Two callers of three threads leave one: workers 0 and 1.
    #expect(cp_gang_run(made, 1000, visit, context) == 1)
    for visits in tally.visits { #expect(visits == 1) }
    #expect(tally.strangers.load(ordering: .relaxed) == 0)
    cp_gang_enter(made)
    #expect(cp_gang_run(made, 1, visit, context) == 0)
    cp_gang_leave(made)
    #expect(cp_gang_run(made, 1, visit, context) == 1)
    cp_gang_leave(made)
    cp_gang_leave(made)
    // A thread that slept while a caller stood for it works again, given a millisecond or more.
    for _ in 0..<1000 where tally.strangers.load(ordering: .relaxed) == 0 {
      cp_gang_run(made, 8, visitSlowly, context)
    }
    #expect(tally.strangers.load(ordering: .relaxed) > 0)
  }

  /// In a process of its own, so that the time is the gang's.
  @Test func idleThreadsTakeNoTime() async {
    await #expect(processExitsWith: .success) {
      var gang: OpaquePointer?
      guard cp_gang_create(4, &gang) == 0, let gang else { exit(2) }
      for _ in 0..<100 { cp_gang_run(gang, 64, { _, _, _, _ in }, nil) }
      usleep(10_000)
      // All threads' time, in microseconds.
      let before = clock()
      usleep(500_000)
      exit(clock() - before < 5_000 ? 0 : 1)
    }
  }
}

/// What the bodies below saw; indices are apart, so `visits` needs no lock.
private final class Tally: @unchecked Sendable {
  let visits: UnsafeMutableBufferPointer<Int>
  /// The end of the range that began at an index; 0 where none did.
  let calls: UnsafeMutableBufferPointer<UInt32>
  let threads: Int
  let strangers = Atomic<Int>(0)
  var mode: UInt64 = 0

  init(count: Int, threads: Int) {
    visits = .allocate(capacity: count)
    visits.initialize(repeating: 0)
    calls = .allocate(capacity: count)
    calls.initialize(repeating: 0)
    self.threads = threads
  }

  deinit {
    visits.deallocate()
    calls.deallocate()
  }
}

private func visit(context: UnsafeMutableRawPointer?, first: UInt32, end: UInt32, worker: UInt32) {
  let tally = Unmanaged<Tally>.fromOpaque(context!).takeUnretainedValue()
  for index in first..<end { tally.visits[Int(index)] += 1 }
  if first < end { tally.calls[Int(first)] = end }
  if Int(worker) >= tally.threads { tally.strangers.add(1, ordering: .relaxed) }
}

private func visitSlowly(
  context: UnsafeMutableRawPointer?, first: UInt32, end: UInt32, worker: UInt32
) {
  visit(context: context, first: first, end: end, worker: worker)
  usleep(1000)
}

/// Worker 0 is the caller, whose mode is its own business.
private func checkMode(
  context: UnsafeMutableRawPointer?, first: UInt32, end: UInt32, worker: UInt32
) {
  let tally = Unmanaged<Tally>.fromOpaque(context!).takeUnretainedValue()
  if worker > 0 && cp_float_mode() != tally.mode { tally.strangers.add(1, ordering: .relaxed) }
}
