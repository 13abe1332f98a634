// SPDX-License-Identifier: Apache-2.0
import CAllocationCounter
import Compiler
import Engine
import Importers
import TestSupport
import Testing

/// A run takes no memory, on real models.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage), .serialized)
struct AllocationTests {
  @Test(
    arguments: ["kws01_dscnn_int8_tflite", "ic01_resnet8_fp32_onnx", "ad01_int8_tflite"], 1...3)
  func thousandRunsTakeNoMemory(_ name: String, threads: Int) throws {
    try #require(allocation_counter_is_active() != 0, "the counter must be in front of malloc")
    let golden = try Golden(name)
    let graph = try importModel(Assets.bytes(golden.modelPath), options: ImportOptions())
    let program = try Program(copying: compile(graph).bytes)
    let watch = allocation_watch_begin()
    defer { allocation_watch_end(watch) }
    // A pool made under the watch: its threads are counted too.
    var options = Session.Options()
    options.pool = try ThreadPool(threads: threads)
    let session = try Session(program, options: options)
    try session.setInput(0, to: golden.inputs[0].data.bytes)
    // Counted before anything is expected: the expectations themselves take memory.
    let before = allocation_watch_count(watch)
    for _ in 0..<1000 { session.run() }
    let after = allocation_watch_count(watch)
    #expect(before > 0)
    #expect(after == before)
  }
}
