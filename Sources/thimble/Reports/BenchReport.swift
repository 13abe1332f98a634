// SPDX-License-Identifier: Apache-2.0

/// What a benchmark measured; times in milliseconds.
struct BenchReport: Encodable {
  let file: String
  let threads: Int
  /// From nothing to the first result: map, verify, prepare, run.
  let coldMs: Double
  let minMs: Double
  let medianMs: Double
  let p95Ms: Double
  /// Every round, in order.
  let latenciesMs: [Double]
  /// The growth of the peak of resident memory by load and runs, in KiB.
  ///
  /// Absent for a model that was compiled in memory: the compiler's leavings are used again.
  let rssKb: Int?
  let arenaBytes: Int
  let constantsBytes: Int
  let stateBytes: Int
  let scratchBytesPerThread: Int
  let ioBytes: Int
  let totalBytes: Int
  /// Where the time goes, when asked for.
  let profile: ProfileReport?

  /// - Precondition: there is a latency.
  init(
    file: String, threads: Int, cold: Double, latencies: [Double], residentKiB: Int?,
    memory: ProgramReport, profile: ProfileReport?
  ) {
    let sorted = latencies.sorted()
    self.file = file
    self.threads = threads
    coldMs = cold
    minMs = sorted[0]
    medianMs = latencies.median
    // Nearest rank: the smallest latency that 95 % of the rounds do not exceed.
    p95Ms = sorted[(sorted.count * 95 + 99) / 100 - 1]
    latenciesMs = latencies
    rssKb = residentKiB
    arenaBytes = memory.arenaBytes
    constantsBytes = memory.constantsBytes
    stateBytes = memory.stateBytes
    scratchBytesPerThread = memory.scratchBytesPerThread
    ioBytes = memory.ioBytes
    totalBytes = memory.totalBytes
    self.profile = profile
  }
}

extension BenchReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    var times = Table(("", .left), ("ms", .right), ("", .left))
    times.append("min", milliseconds(minMs), "")
    times.append("median", milliseconds(medianMs), "")
    times.append("p95", milliseconds(p95Ms), "")
    times.append("cold", milliseconds(coldMs), "load to first result")
    let resident = rssKb.map { "resident memory grew by \(grouped($0)) KiB; " } ?? ""
    return """
      \(file): \(latenciesMs.count) rounds, \(threads) \(threads == 1 ? "thread" : "threads")
      \(times.text)
        \(resident)arena \(grouped(arenaBytes)) bytes, \
      constants \(grouped(constantsBytes)), state \(grouped(stateBytes))
      """ + (profile.map { "\n\n\($0)" } ?? "")
  }

  private func milliseconds(_ value: Double) -> String { decimal(value, digits: 3) }
}
