// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Engine
import Foundation

/// How a program is run.
struct SessionArguments: ParsableArguments {
  @Option(help: "The threads to share each step; results do not depend on it.")
  var threads = 1

  func validate() throws {
    guard (1...ThreadPool.maximumThreadCount).contains(threads) else {
      throw ValidationError("--threads may be 1 to \(ThreadPool.maximumThreadCount).")
    }
  }

  /// Makes a session for the first entry point.
  ///
  /// The environment's `THIMBLE_ISA` holds kernels to an instruction set.
  func makeSession(_ program: Program) throws -> Session {
    var options = Session.Options()
    options.instructionSetLimit = try instructionSetLimit()
    if threads > 1 { options.pool = try ThreadPool(threads: threads) }
    return try Session(program, options: options)
  }
}

/// What the environment's `THIMBLE_ISA` holds kernels to; `nil` allows all that the CPU has.
func instructionSetLimit() throws(CommandError) -> InstructionSet? {
  guard let name = ProcessInfo.processInfo.environment["THIMBLE_ISA"] else { return nil }
  guard let limit = InstructionSet(named: name) else {
    throw .unknownInstructionSet(name, known: InstructionSet.allCases.map { "\($0.name)" })
  }
  guard limit.isAvailable else { throw .unavailableInstructionSet(name) }
  return limit
}
