// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph

/// A graph that becomes an entry point of a program.
package struct EntryPointGraph: Sendable {
  /// What it is called in the program, where no other is called so.
  package let name: String
  package let graph: Graph

  package init(_ name: String, _ graph: Graph) {
    self.name = name
    self.graph = graph
  }
}

/// Makes a program of a graph as it stands: steps, memory plan, file.
///
/// The engine's verifier has passed the file.
/// - Throws: `CompileError.overBudget` when it needs more memory than the options allow.
package func lower(
  _ graph: Graph, options: CompileOptions
) throws(CompileError) -> CompiledProgram {
  try lower([EntryPointGraph("infer", graph)], options: options)
}

/// Makes a program of several graphs as they stand, which share one arena, and states by name.
///
/// The report is of the entry point that needs most memory, of the first of several.
/// - Precondition: there is a graph.
/// - Throws: `CompileError.overBudget` when one needs more memory than the options allow.
package func lower(
  _ entryPoints: [EntryPointGraph], options: CompileOptions
) throws(CompileError) -> CompiledProgram {
  let states = try ProgramStates(entryPoints.map(\.graph))
  var planned: [PlannedEntryPoint] = []
  for entry in entryPoints {
    planned.append(try PlannedEntryPoint(entry, states, options: options))
  }
  let bytes = ProgramWriter(planned, states, options: options).bytes()
  let program: Program
  do throws(ProgramError) {
    program = try Program(copying: bytes)
  } catch {
    throw .invalidProgram(error)
  }
  var largest: MemoryReport?
  for (index, entry) in planned.enumerated() {
    guard let memory = program.memory(of: index) else { throw .tooLarge }
    let report = MemoryReport(entry, sourceName: options.sourceName, memory: memory)
    if let excess = BudgetExcess(report, entry, options) {
      throw .overBudget(excess)
    }
    if largest.map({ report.totalBytes > $0.totalBytes }) ?? true { largest = report }
  }
  guard let largest else { preconditionFailure("a program has an entry point") }
  return CompiledProgram(bytes: bytes, report: largest)
}
