// SPDX-License-Identifier: Apache-2.0
import CPlatform
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
      { context, _, _ in
        #expect(cp_gang_run(OpaquePointer(context!), 1, { _, _, _ in }, nil) == 0)
      }, UnsafeMutableRawPointer(made))
    #expect(cp_gang_run(made, 1, { _, _, _ in }, nil) == 1)
  }
}

/// What the bodies below saw; indices are apart, so `visits` needs no lock.
private final class Tally: @unchecked Sendable {
  let visits: UnsafeMutableBufferPointer<Int>
  let threads: Int
  let strangers = Atomic<Int>(0)
  var mode: UInt64 = 0

  init(count: Int, threads: Int) {
    visits = .allocate(capacity: count)
    visits.initialize(repeating: 0)
    self.threads = threads
  }

  deinit { visits.deallocate() }
}

private func visit(context: UnsafeMutableRawPointer?, index: UInt32, worker: UInt32) {
  let tally = Unmanaged<Tally>.fromOpaque(context!).takeUnretainedValue()
  tally.visits[Int(index)] += 1
  if Int(worker) >= tally.threads { tally.strangers.add(1, ordering: .relaxed) }
}

/// Worker 0 is the caller, whose mode is its own business.
private func checkMode(context: UnsafeMutableRawPointer?, index: UInt32, worker: UInt32) {
  let tally = Unmanaged<Tally>.fromOpaque(context!).takeUnretainedValue()
  if worker > 0 && cp_float_mode() != tally.mode { tally.strangers.add(1, ordering: .relaxed) }
}
