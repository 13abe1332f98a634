// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Builds small float32 graphs with random weights.
struct Fixture {
  var builder = GraphBuilder()
  private var generator: SeededGenerator

  init(seed: UInt64 = 7) { generator = SeededGenerator(seed: seed) }

  mutating func input(_ extents: Int...) -> Value {
    builder.input("x", TensorType(.float32, Shape(extents)))
  }

  mutating func weights(_ extents: Int..., in range: ClosedRange<Double> = -1...1) -> Value {
    builder.constant(
      randomTensor(TensorType(.float32, Shape(extents)), in: range, using: &generator))
  }

  mutating func apply(_ operation: some Operator, _ inputs: Value...) throws -> Value {
    try builder.apply(operation, inputs, name: "\(type(of: operation).name.lowercased())")
  }

  /// A 3x3 convolution with padding 1.
  mutating func convolution(_ x: Value, channels: Int, hasBias: Bool = true) throws -> Value {
    let depth = builder.type(of: x).shape[3]
    let operation = Convolution(padding: Padding(top: 1, left: 1, bottom: 1, right: 1))
    let w = weights(channels, 3, 3, depth)
    return hasBias
      ? try apply(operation, x, w, weights(channels)) : try apply(operation, x, w)
  }

  /// The graph with these outputs, checked.
  ///
  /// Mutating, so that outputs may be added in its arguments.
  mutating func finish(_ outputs: Value...) throws -> Graph {
    var builder = builder
    for (number, output) in outputs.enumerated() { builder.output("y\(number)", output) }
    let graph = builder.finish()
    try graph.verify()
    return graph
  }
}

extension Graph {
  /// The operators' names, in order.
  var operatorNames: [String] { nodes.map { Swift.type(of: $0.operation).name } }
}

/// Runs a pass, verifies its graph and expects it to mean the same.
func rewrite(
  _ graph: Graph, by passes: Pass..., relative: Double = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Graph {
  var result = graph
  for pass in passes {
    result = try pass.run(result)
    try pass.verify(result)
  }
  expectSameReference(
    graph, result, on: randomInputs(of: graph), relative: relative, sourceLocation: sourceLocation)
  return result
}

/// The part of an output's magnitude by which weights rounded once may change it; see
/// `expectSameReference`.
let roundedOnce = 0x1p-20
