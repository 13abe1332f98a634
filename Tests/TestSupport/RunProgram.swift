// SPDX-License-Identifier: Apache-2.0
import Engine
import Foundation
import TensorCore

/// The instruction sets to run kernels on: those of this CPU, or the one that `THIMBLE_ISA` names.
package let testedInstructionSets: [InstructionSet] = {
  let available = InstructionSet.allCases.filter(\.isAvailable)
  guard let name = ProcessInfo.processInfo.environment["THIMBLE_ISA"],
    let chosen = InstructionSet(named: name)
  else { return available }
  return available.filter { $0 == chosen }
}()

/// Runs a program once.
///
/// - Parameters:
///   - program: a program of one entry point.
///   - inputs: one tensor for each input.
///   - instructionSet: kernels of later ones are not used.
///   - threads: the threads that share its steps.
/// - Returns: the outputs, as their ports are typed.
/// - Throws: `SessionError`, `ThreadPoolError`.
package func run(
  _ program: Program, _ inputs: [TensorData], instructionSet: InstructionSet? = nil,
  threads: Int = 1
) throws -> [TensorData] {
  var options = Session.Options()
  options.instructionSetLimit = instructionSet
  options.pool = threads > 1 ? try ThreadPool(threads: threads) : nil
  let session = try Session(program, options: options)
  for (index, input) in inputs.enumerated() { try session.setInput(index, to: input.bytes) }
  guard session.run() == .completed else { preconditionFailure("every port has a buffer") }
  return try program.entryPoints[0].outputs.enumerated().map { index, port in
    TensorData(port.type, bytes: try session.outputBytes(index))
  }
}
