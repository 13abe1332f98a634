// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// Why a graph cannot be compiled.
package enum CompileError: Error, Equatable, Sendable {
  /// The graph given, or the one a pass made, is not valid; `pass` is `nil` for the one given.
  case invalidGraph(pass: String?, GraphError)

  /// A pass could not rebuild the graph.
  case passFailed(pass: String, OperatorError)

  /// A port shall hold integers, but the model reads or writes reals there.
  case portNotQuantized(port: String, DType)

  /// No kernel contract computes this node.
  case unsupported(node: String, operation: String, OperatorError)

  /// An operator asked for a step that its contract or its operands do not allow.
  case invalidStep(node: String, contract: String)

  /// Two entry points disagree about what a state of one name is at first.
  case stateMismatch(name: String)

  /// The memory plan does not hold: a mistake of the compiler.
  case invalidPlan(PlanError)

  /// The engine refuses the program: a mistake of the compiler.
  case invalidProgram(ProgramError)

  /// The program would break a limit of its file format.
  case tooLarge

  /// The program needs more memory than it may take.
  case overBudget(BudgetExcess)
}
