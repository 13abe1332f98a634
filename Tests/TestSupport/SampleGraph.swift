// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// An operator's sample with its inputs filled in, as a graph of one node.
package struct SampleGraph: Sendable {
  package let graph: Graph

  /// Every input of the node, constants too.
  package let inputs: [TensorData]

  /// The inputs that are not constants: those of the graph.
  package var variables: [TensorData] {
    zip(graph.nodes[0].inputs, inputs).filter { graph.constant($0.0) == nil }.map(\.1)
  }

  /// Fills a sample's inputs; `stretch` multiplies the range of the variable ones, so that clamps
  /// and saturation work.
  package init(_ sample: Sample, stretch: Double = 1, seed: UInt64 = 1) throws {
    var generator = SeededGenerator(seed: seed)
    var builder = GraphBuilder()
    var values: [Value] = []
    var inputs: [TensorData] = []
    for (index, input) in sample.inputs.enumerated() {
      switch input {
      case .variable(let type, let range):
        let stretched = range.lowerBound * stretch...range.upperBound * stretch
        inputs.append(randomTensor(type, in: stretched, using: &generator))
        values.append(builder.input("x\(index)", type))
      case .constant(let type, let range):
        inputs.append(randomTensor(type, in: range, using: &generator))
        values.append(builder.constant(inputs[index]))
      case .data(let data):
        inputs.append(data)
        values.append(builder.constant(data))
      }
    }
    let outputs = try builder.add(
      sample.operation, values, quantization: sample.outputQuantization, name: "node")
    precondition(outputs.count == 1, "operators have one output")
    builder.output("y", outputs[0])
    graph = builder.finish()
    self.inputs = inputs
  }
}
