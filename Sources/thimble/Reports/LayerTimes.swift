// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph

/// How long each layer takes on this machine, by name, in milliseconds.
///
/// A layer is the step that has its name; what is part of another step has no time of its own.
struct LayerTimes {
  private(set) var milliseconds: [String: Double] = [:]
  /// The sum of all steps.
  private(set) var total = 0.0

  /// Compiles and times a graph.
  ///
  /// Inputs are zeros: times do not depend on values.
  init(_ graph: Graph, threads: Int) throws {
    let program = try Program(copying: compile(graph).bytes)
    var options = Session.Options()
    if threads > 1 { options.pool = try ThreadPool(threads: threads) }
    let session = try Session(program, options: options)
    session.run()
    let once = ContinuousClock().measure { session.run() }.milliseconds
    let rounds = Int(min(max(Self.budget / max(once, 1e-3), 5), 200))
    for (step, times) in StepTimes(session, rounds: rounds).steps.enumerated() {
      let median = times.median
      milliseconds[program.name(program.step(step).name), default: 0] += median
      total += median
    }
  }

  /// A second for all rounds.
  private static let budget = 1000.0
}
