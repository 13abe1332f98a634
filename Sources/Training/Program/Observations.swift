// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// What an observed step shows beside the loss: enough to tell vanishing and exploding gradients,
/// NaN and dead units by their layer.
struct Observations {
  /// Squared norms of each parameter and of its gradient, in the order of the parameters.
  private var norms: [(parameter: Value, gradient: Value)] = []

  /// The largest output of each channel of each clamped layer.
  private var largest: [Value] = []

  /// Adds the squared norms of a parameter and its gradient.
  mutating func add(
    _ parameter: Value, gradient: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    norms.append(
      (try builder.squaredNorm(parameter), try builder.squaredNorm(gradient)))
  }

  /// Adds the largest outputs of layers that end in a clamp at 0, which are dead where they are 0
  /// for every sample.
  mutating func add(
    layers: [Value], _ builder: inout GraphBuilder
  ) throws(OperatorError) {
    for layer in layers {
      let shape = builder.shape(of: layer)
      let rows = try builder.reshaped(
        layer, as: Shape([shape.elementCount / shape[-1], shape[-1]]))
      let maxima = try builder.apply(Reduce(.maximum, axes: 0...0), [rows])
      largest.append(try builder.reshaped(maxima, as: Shape([shape[-1]])))
    }
  }

  /// The ports, each one row of numbers: norms of parameters, then of gradients; the maxima.
  func ports(_ builder: inout GraphBuilder) throws(OperatorError) -> [Graph.Port] {
    var ports = [
      Graph.Port(
        name: TrainingPort.norms,
        value: try builder.joined(norms.map(\.parameter) + norms.map(\.gradient)))
    ]
    if !largest.isEmpty {
      ports.append(
        Graph.Port(name: TrainingPort.largestOutputs, value: try builder.joined(largest)))
    }
    return ports
  }
}

extension Graph {
  /// The layers that end in a clamp at 0 such as ReLU, with their outputs.
  var clampedLayers: [(name: String, output: Value)] {
    nodes.compactMap { node in
      let range =
        (node.operation as? Clamp)?.range ?? (node.operation as? any ActivatedOperator)?.activation
      return range?.min == 0 ? (node.name, node.outputs[0]) : nil
    }
  }
}

extension GraphBuilder {
  fileprivate mutating func joined(_ rows: [Value]) throws(OperatorError) -> Value {
    rows.count == 1 ? rows[0] : try apply(Concatenation(axis: 0), rows)
  }
}
