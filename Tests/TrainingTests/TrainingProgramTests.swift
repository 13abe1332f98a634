// SPDX-License-Identifier: Apache-2.0
import Engine
import Testing
import Training

/// What a training program promises: the same bits, whoever runs it and however it is watched.
@Suite struct TrainingProgramTests {
  private static let networks = ["small-mlp", "smooth-cnn", "encoder"]

  private static func curve(_ network: String) throws -> Curve {
    try #require(Curve.all.first { $0.network == network && $0.optimizer == "adam" })
  }

  /// The state after so many steps.
  private static func state(
    _ network: String, steps: Int, limit: InstructionSet? = nil, threads: Int = 1,
    observing: (Int) -> Bool = { _ in false }
  ) throws -> [UInt8] {
    let pool = threads > 1 ? try ThreadPool(threads: threads) : nil
    let training = try CurveTraining(curve(network), limit: limit, pool: pool)
    for step in 0..<steps { _ = try training.step(step, isObserved: observing(step)) }
    return training.session.first.stateBytes
  }

  @Test(arguments: networks)
  func bitsDoNotDependOnThreadsOrInstructions(_ network: String) throws {
    let expected = try Self.state(network, steps: 200)
    for threads in [2, 3] {
      let state = try Self.state(network, steps: 200, threads: threads)
      #expect(state == expected, "\(threads) threads")
    }
    let vectors = InstructionSet.allCases.filter { $0.rawValue >= InstructionSet.avx2.rawValue }
    for limit in vectors where limit.isAvailable {
      let state = try Self.state(network, steps: 200, limit: limit)
      #expect(state == expected, "\(limit)")
    }
  }

  @Test(arguments: networks)
  func observingChangesNoBit(_ network: String) throws {
    let expected = try Self.state(network, steps: 12)
    let observed = try Self.state(network, steps: 12) { $0 % 2 == 1 }
    #expect(observed == expected)
  }

  /// Norms by hand, from the state before the step.
  @Test func normsAreThoseOfTheParameters() throws {
    let training = try CurveTraining(try Self.curve("small-mlp"))
    let session = training.session
    let before = try session.program.trained.map { parameter in
      try session.program.numbers(of: parameter, in: session.first)
        .reduce(0.0) { $0 + Double($1) * Double($1) }
    }
    _ = try training.step(0, isObserved: true)
    let count = before.count
    #expect(session.hasNorms && session.norms.count == 2 * count)
    // In the order of their updates, last layer first within 2⁻²⁴ for each of 32 partial sums.
    for (norm, expected) in zip(session.norms[..<count].sorted(), before.sorted()) {
      #expect((Double(norm) - expected).magnitude <= 1e-4 * max(expected, 1e-12))
    }
    #expect(session.norms[count...].allSatisfy { $0 > 0 })
  }

  /// Two halves of a batch are the batch, but for the order of sums.
  @Test func microBatchesAddUpToABatch() throws {
    let curve = try Self.curve("encoder")
    let whole = try CurveTraining(curve)
    let halves = try CurveTraining(curve, microBatches: 2)
    for step in 0..<20 {
      let (a, b) = (try whole.step(step), try halves.step(step))
      #expect((a - b).magnitude <= 1e-5 * a.magnitude, "step \(step): \(a), \(b)")
    }
  }
}
