// SPDX-License-Identifier: Apache-2.0
import Foundation
import Importers
import TestSupport
import Testing

/// Every truncation and every changed byte of the fixtures: an error or a verified graph.
///
/// Runs in a process of its own with 256 MiB of address space to spare and two minutes of time, so
/// that a trap, a hang or an absurd allocation fails the test and nothing else.
struct MutationTests {
  @Test func truncations() async {
    await #expect(processExitsWith: .success) {
      try Confinement.apply()
      for name in ModelFiles.fixtures {
        let bytes = try ModelFiles.fixture(name)
        for count in 0..<bytes.count { _ = importError(Array(bytes[..<count])) }
      }
    }
  }

  @Test func changedBytes() async {
    await #expect(processExitsWith: .success) {
      try Confinement.apply()
      var (accepted, refused) = (0, 0)
      for name in ModelFiles.fixtures {
        var bytes = try ModelFiles.fixture(name)
        for index in bytes.indices {
          let original = bytes[index]
          // Numbers off by one, turned negative, and as large as they get.
          for change in [original ^ 0x01, original ^ 0x80, 0xFF] where change != original {
            bytes[index] = change
            if importError(bytes) == nil { accepted += 1 } else { refused += 1 }
          }
          _ = try? ModelSummary(bytes)
          bytes[index] = original
        }
      }
      // Most bytes are weights, whose change does no harm; the rest is structure.
      #expect(accepted > 1000 && refused > 1000)
    }
  }

  /// Pairs of changed bytes, seeded: faults that one change cannot reach.
  @Test func changedPairs() async {
    await #expect(processExitsWith: .success) {
      try Confinement.apply()
      var generator = SeededGenerator(seed: 1)
      for name in ModelFiles.fixtures {
        let original = try ModelFiles.fixture(name)
        for _ in 0..<5000 {
          var bytes = original
          for _ in 0..<2 {
            let index = Int(generator.next() % UInt64(bytes.count))
            bytes[index] = UInt8(truncatingIfNeeded: generator.next())
          }
          _ = importError(bytes)
        }
      }
    }
  }
}

/// Limits of the process that runs the mutations.
private enum Confinement {
  static func apply() throws {
    let pages =
      try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      .split(separator: " ").first.flatMap { Int($0) } ?? 0
    let limit = rlim_t(pages * 4096 + 256 << 20)
    var limits = rlimit(rlim_cur: limit, rlim_max: limit)
    guard setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limits) == 0 else {
      throw CocoaError(.featureUnsupported)
    }
    alarm(120)
  }
}
