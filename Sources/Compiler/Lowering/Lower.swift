// SPDX-License-Identifier: Apache-2.0
import Graph

/// Makes a program of a graph as it stands.
package func lower(
  _ graph: Graph, options: CompileOptions
) throws(CompileError) -> CompiledProgram {
  throw .tooLarge
}
