// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("thimble bench")
struct BenchCommandTests {
  private let folder: TemporaryFolder
  private let program: String

  init() throws {
    folder = try TemporaryFolder()
    program = try folder.compile(TinyModel.dense)
  }

  @Test("reports every round and the memory", arguments: [1, 2])
  func reports(threads: Int) throws {
    let result = try thimble(
      "bench", program, "--rounds", "20", "--threads", "\(threads)", "--json")
    #expect(result.exitCode == 0)
    let report = try result.json()
    let latencies = try #require(report["latencies_ms"] as? [Double])
    #expect(latencies.count == 20)
    #expect(report["min_ms"] as? Double == latencies.min())
    let median = try #require(report["median_ms"] as? Double)
    let p95 = try #require(report["p95_ms"] as? Double)
    #expect(latencies.count { $0 <= median } >= 10)
    // Nearest rank: 19 of 20 rounds are no slower.
    #expect(latencies.count { $0 <= p95 } >= 19)
    for key in ["cold_ms", "rss_kb", "arena_bytes", "constants_bytes", "state_bytes"] {
      #expect(report[key] as? Double != nil)
    }
  }

  @Test("speaks to people too, and takes a model")
  func text() throws {
    let model = try folder.write("model.onnx", TinyModel.dense)
    let result = try thimble("bench", model, "--rounds", "3")
    #expect(result.exitCode == 0)
    #expect(result.output.contains("median"))
    #expect(try thimble("bench", model, "--rounds", "3", "--json").json()["rss_kb"] == nil)
  }

  @Test("bad usage", arguments: ["0", "-5", "many"])
  func badRounds(rounds: String) throws {
    #expect(try thimble("bench", program, "--rounds", rounds).exitCode == 2)
  }
}
