// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("--profile")
struct ProfileTests {
  private let folder: TemporaryFolder
  private let program: String

  init() throws {
    folder = try TemporaryFolder()
    program = try folder.compile(TinyModel.deep)
  }

  @Test("times every step of a run", arguments: [1, 2])
  func run(threads: Int) throws {
    let input = try folder.write("x.npy", [1, 4], [1, -2, 3, 0.5])
    let report = try thimble(
      "run", program, "--input", "x=\(input)", "--profile", "--rounds", "5", "--threads",
      "\(threads)", "--json"
    ).json()
    let profile = try #require(report["profile"] as? [String: Any])
    #expect(profile["rounds"] as? Int == 5)
    #expect(profile["threads"] as? Int == threads)
    let steps = try #require(profile["steps"] as? [[String: Any]])
    #expect(steps.compactMap { $0["name"] as? String } == Self.names)
    #expect(steps.compactMap { $0["macs"] as? Int } == [4 * 32, 32 * 128, 128 * 64, 64 * 2])
    // Weights and bias rows are padded, so the bytes are at least these.
    let floats = [4 + 4 * 32 + 32, 32 + 32 * 128 + 128, 128 + 128 * 64 + 64, 64 + 64 * 2 + 2]
    for (step, floats) in zip(steps, floats) {
      #expect(try #require(step["bytes"] as? Int) >= 4 * floats)
      #expect(step["operator"] as? String == "FullyConnected")
      #expect(try #require(step["kernel"] as? String).contains("gemm"))
      let (min, median) = try (number(step, "min_ms"), number(step, "median_ms"))
      #expect(0 < min && min <= median)
    }
    try expectSums(profile, steps)
  }

  private static let names = ["wider", "widest", "narrower", "narrowest"]

  /// Shares, the sum of the steps and the groups all tell the same time.
  private func expectSums(_ profile: [String: Any], _ steps: [[String: Any]]) throws {
    let sum = try steps.reduce(0) { try $0 + number($1, "median_ms") }
    #expect(abs(try number(profile, "steps_ms") - sum) <= 1e-9 * sum)
    let shares = try steps.reduce(0) { try $0 + number($1, "share") }
    #expect(abs(shares - 1) < 1e-9)
    let groups = try #require(profile["operators"] as? [[String: Any]])
    #expect(groups.count == 1)
    #expect(groups[0]["steps"] as? Int == steps.count)
    #expect(try number(profile, "run_min_ms") <= number(profile, "run_median_ms"))
  }

  private func number(_ object: [String: Any], _ key: String) throws -> Double {
    try #require(object[key] as? Double)
  }

  @Test("prints a table, in run and in bench")
  func text() throws {
    let input = try folder.write("x.npy", [1, 4], [1, -2, 3, 0.5])
    let run = try thimble("run", program, "--input", "x=\(input)", "--profile")
    let bench = try thimble("bench", program, "--rounds", "3", "--profile")
    for result in [run, bench] {
      #expect(result.exitCode == 0)
      for part in Self.names + ["GMAC/s", "GB/s", "kernel", "steps together", "1x128"] {
        #expect(result.output.contains(part))
      }
    }
    #expect(bench.output.contains("3 rounds"))
  }

  @Test("bad usage", arguments: ["0", "-1", "some"])
  func badRounds(rounds: String) throws {
    #expect(try thimble("run", program, "--profile", "--rounds", rounds).exitCode == 2)
  }
}
