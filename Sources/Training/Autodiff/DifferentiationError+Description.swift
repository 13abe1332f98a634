// SPDX-License-Identifier: Apache-2.0
import Graph

extension DifferentiationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noGradient(let node, let operation):
      "\(operation) \"\(node)\" has no gradient, and what is to be trained lies before it; "
        + "freeze all that leads to it"
    case .unsupported(let node, let operation, let error):
      "\(operation) \"\(node)\" has no gradient in this form: \(error)"
    case .unreached(let value):
      "the loss does not depend on \"\(value)\""
    }
  }
}
