// SPDX-License-Identifier: Apache-2.0
import CAllocationCounter
import Compiler
import Engine
import TestSupport
import Testing

/// A run takes no memory, on real models.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage), .serialized)
struct AllocationTests {
  /// A thousand runs of small models, fewer of large ones, never less than three.
  @Test(arguments: SharedModel.all, 1...3)
  func runsTakeNoMemory(_ model: SharedModel, threads: Int) throws {
    try #require(allocation_counter_is_active() != 0, "the counter must be in front of malloc")
    let golden = try model.golden()
    let graph = try golden.graph()
    let program = try Program(copying: compile(graph).bytes)
    let watch = allocation_watch_begin()
    defer { allocation_watch_end(watch) }
    // A pool made under the watch: its threads are counted too.
    var options = Session.Options()
    options.pool = try ThreadPool(threads: threads)
    let session = try Session(program, options: options)
    for (index, input) in try golden.inputs(of: graph).enumerated() {
      try session.setInput(index, to: input.bytes)
    }
    let runs = min(1000, max(3, 15_000 / model.megaMACs))
    // Counted before anything is expected: the expectations themselves take memory.
    let before = allocation_watch_count(watch)
    for _ in 0..<runs { session.run() }
    let after = allocation_watch_count(watch)
    #expect(before > 0)
    #expect(after == before)
  }
}
