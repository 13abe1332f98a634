// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph

/// Makes a program of a graph as it stands: steps, memory plan, file.
///
/// - Throws: `CompileError.overBudget` when it needs more memory than the options allow.
package func lower(
  _ graph: Graph, options: CompileOptions
) throws(CompileError) -> CompiledProgram {
  let program = try PlannedProgram(graph, options: options)
  let writer = ProgramWriter(program)
  let report = MemoryReport(program, constantsBytes: writer.constantsBytes)
  try checkBudget(report, program, options)
  return CompiledProgram(bytes: writer.bytes(), report: report)
}
