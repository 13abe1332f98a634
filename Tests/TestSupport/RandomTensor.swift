// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// SplitMix64: the same numbers from the same seed, everywhere.
///
/// Source: Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", figure 16.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Uniform random reals of a range, as the type stores them: quantised when it is.
package func randomTensor(
  _ type: TensorType, in range: ClosedRange<Double> = -1...1,
  using generator: inout SeededGenerator
) -> TensorData {
  let values = (0..<type.shape.elementCount).map { _ in
    Double.random(in: range, using: &generator)
  }
  guard let data = ReferenceTensor(type.shape, values).stored(as: type) else {
    preconditionFailure("the type stores any real number")
  }
  return data
}

/// Random inputs of a graph, one for each of its `inputs`.
package func randomInputs(
  of graph: Graph, in range: ClosedRange<Double> = -1...1, seed: UInt64 = 1
) -> [TensorData] {
  var generator = SeededGenerator(seed: seed)
  return graph.inputs.map { port in
    randomTensor(graph.type(of: port.value), in: range, using: &generator)
  }
}
