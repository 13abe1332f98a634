// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore
import Testing

/// Expects two graphs to mean the same: their references agree on every output.
///
/// `relative` is the largest difference allowed, as a part of the output's largest magnitude: 0 for
/// passes that only move data; 2⁻²⁰ where weights were multiplied out and rounded to float32 once
/// (2⁻²⁴ each, times what cancellation in the sums of a small network magnifies).
package func expectSameReference(
  _ graph: Graph, _ other: Graph, on inputs: [TensorData], relative: Double = 0,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let (expected, actual) = (graph.reference(inputs), other.reference(inputs))
  #expect(expected.map(\.shape) == actual.map(\.shape), sourceLocation: sourceLocation)
  for (number, (expected, actual)) in zip(expected, actual).enumerated() {
    let magnitude = expected.values.reduce(0) { max($0, abs($1)) }
    let difference = zip(expected.values, actual.values).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
    #expect(
      difference <= relative * magnitude, "output \(number): largest magnitude \(magnitude)",
      sourceLocation: sourceLocation)
  }
}
