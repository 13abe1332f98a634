// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph

/// Makes a program of a graph as it stands: steps, memory plan, file.
///
/// The engine's verifier has passed the file.
/// - Throws: `CompileError.overBudget` when it needs more memory than the options allow.
package func lower(
  _ graph: Graph, options: CompileOptions
) throws(CompileError) -> CompiledProgram {
  let planned = try PlannedProgram(graph, options: options)
  let bytes = ProgramWriter(planned).bytes()
  let program: Program
  do throws(ProgramError) {
    program = try Program(copying: bytes)
  } catch {
    throw .invalidProgram(error)
  }
  guard let memory = program.memory(of: 0) else { throw .tooLarge }
  let report = MemoryReport(planned, memory: memory)
  if let excess = BudgetExcess(report, planned, options) {
    throw .overBudget(excess)
  }
  return CompiledProgram(bytes: bytes, report: report)
}
