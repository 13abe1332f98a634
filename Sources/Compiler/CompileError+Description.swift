// SPDX-License-Identifier: Apache-2.0
import Graph

extension CompileError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .invalidGraph(pass: nil, let error):
      "the graph is not valid: \(error)"
    case .invalidGraph(pass: .some(let pass), let error):
      "the pass \"\(pass)\" made a graph that is not valid: \(error)"
    case .passFailed(let pass, let error):
      "the pass \"\(pass)\" failed: \(error)"
    case .portNotQuantized(let port, let dtype):
      "the model does not quantise \"\(port)\", so it cannot be \(dtype.name); "
        + "quantise the model, or leave its ports as they are"
    case .unsupported(let node, let operation, let error):
      "no kernel computes \(operation) \"\(node)\": \(error)"
    case .invalidStep(let node, let contract):
      "\"\(node)\" does not fit its kernel contract \(contract)"
    case .stateMismatch(let name):
      "two entry points start with different contents of the state \"\(name)\""
    case .invalidPlan(let error):
      "the compiler made a memory plan that does not hold: \(error)"
    case .invalidProgram(let error):
      "the compiler made a program that the engine refuses: \(error)"
    case .tooLarge:
      "the program is too large for its file format"
    case .overBudget(let excess):
      excess.description
    }
  }
}
