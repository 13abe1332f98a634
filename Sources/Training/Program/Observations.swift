// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// What an observed step shows beside the loss: the norms by which a user sees where gradients
/// vanish or explode.
struct Observations {
  /// The parameters, in the order of their updates.
  private(set) var names: [String] = []

  /// Squared norms of the parameters before their update, and of their gradients.
  private var parameters: [Value] = []
  private var gradients: [Value] = []

  /// Adds the squared norms of a parameter and its gradient.
  mutating func add(
    _ name: String, _ parameter: Value, gradient: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    names.append(name)
    parameters.append(try builder.squaredNorm(parameter))
    gradients.append(try builder.squaredNorm(gradient))
  }

  /// One row of numbers: of all parameters, then of all gradients.
  func port(_ builder: inout GraphBuilder) throws(OperatorError) -> Graph.Port {
    let row = try builder.apply(Concatenation(axis: 0), parameters + gradients, name: "norms")
    return Graph.Port(name: TrainingPort.norms, value: row)
  }
}
