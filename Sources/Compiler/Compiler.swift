// SPDX-License-Identifier: Apache-2.0
import Graph

/// A program file and what the compiler knows of it.
package struct CompiledProgram: Sendable {
  /// The contents of the `.thimble` file.
  package let bytes: [UInt8]
  package let report: MemoryReport
}

/// Compiles a graph to a program.
///
/// A pure function: the same graph and options give the same bytes.
/// - Throws: `CompileError.overBudget` with what would help, which is compiled to find out.
package func compile(
  _ graph: Graph, options: CompileOptions = CompileOptions()
) throws(CompileError) -> CompiledProgram {
  var optimized = try optimize(graph, expandsWeights: options.expandsWeights)
  if let dtype = options.portType {
    optimized = try Pass.deadCode.run(optimized.withPorts(dtype))
  }
  do throws(CompileError) {
    return try lower(optimized, options: options)
  } catch .overBudget(let excess) {
    throw .overBudget(excess.with(BudgetRemedies(graph, options, excess).all))
  }
}
