// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// `bench`: the time of a run on made-up inputs, and the memory it takes.
func benchCommand(_ options: RunnerOptions) throws(RunnerError) {
  let residentBefore = SystemProcess.peakResidentKiB
  let start = SystemProcess.nanoseconds
  let loaded = try LoadedProgram(options)
  for (index, port) in loaded.entry.inputs.enumerated() {
    try loaded.setInput(index, to: madeUpElements(of: port.type))
  }
  try loaded.run()
  let cold = SystemProcess.nanoseconds - start
  var latencies: [UInt64] = []
  latencies.reserveCapacity(options.rounds)
  for _ in 0..<options.rounds {
    let start = SystemProcess.nanoseconds
    try loaded.run()
    latencies.append(SystemProcess.nanoseconds - start)
  }
  guard let memory = loaded.program.memory(of: loaded.entry.index) else {
    throw .session(.tooLarge)
  }
  let report = BenchReport(
    latencies: latencies, cold: cold,
    residentKiB: SystemProcess.peakResidentKiB - residentBefore, memory: memory)
  SystemProcess.write(options.isJSON ? report.json : report.text, to: .output)
}

/// What `bench` measured; times in nanoseconds.
private struct BenchReport {
  let latencies: [UInt64]
  let cold: UInt64
  let residentKiB: UInt64
  let memory: MemoryRequirements

  var text: String {
    let sorted = latencies.sorted()
    return """
      min     \(milliseconds(sorted[0])) ms
      median  \(milliseconds(sorted[sorted.count / 2])) ms
      p95     \(milliseconds(sorted[(sorted.count - 1) * 95 / 100])) ms
      cold    \(milliseconds(cold)) ms, load to first result
      memory  \(residentKiB) KiB resident, arena \(memory.arenaByteCount) bytes

      """
  }

  /// One object on one line, with the keys of `thimble bench --json`.
  var json: String {
    var list = ""
    for latency in latencies { list += (list.isEmpty ? "" : ",") + milliseconds(latency) }
    return """
      {"latencies_ms":[\(list)],"cold_ms":\(milliseconds(cold)),"rss_kb":\(residentKiB),\
      "arena_bytes":\(memory.arenaByteCount),"constants_bytes":\(memory.constantsByteCount),\
      "state_bytes":\(memory.stateByteCount)}

      """
  }
}

/// Nanoseconds as milliseconds, exactly.
private func milliseconds(_ nanoseconds: UInt64) -> String {
  var fraction = "\(nanoseconds % 1_000_000)"
  while fraction.utf8.count < 6 { fraction = "0" + fraction }
  return "\(nanoseconds / 1_000_000).\(fraction)"
}

/// Numbers between −1 and 1 for float32, any bytes for integers, zeros for the rest; the same every
/// time.
private func madeUpElements(of type: TensorType) -> [UInt8] {
  switch type.dtype {
  case .float32:
    littleEndianBytes(of: (0..<type.shape.elementCount).map { Float($0 % 17) / 8 - 1 })
  case .int8, .uint8: (0..<type.byteCount).map { UInt8(truncatingIfNeeded: $0 * 37) }
  case .float16, .float64, .int16, .int32, .int64, .bool:
    [UInt8](repeating: 0, count: type.byteCount)
  }
}
