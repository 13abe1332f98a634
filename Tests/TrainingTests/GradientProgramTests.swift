// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing
import Training

/// Gradients as programs: what is declared can be lowered, and computes what it means.
///
/// The operators that gradients are made of are held to their bounds by themselves; here it is
/// shown that these forms of them have kernels.
@Suite struct GradientProgramTests {
  @Test(arguments: GradientCase.all)
  func computesWhatItMeans(_ test: GradientCase) throws {
    guard let (graph, inputs) = try differentiated(test.sample) else { return }
    let program = try Program(copying: compile(graph).bytes)
    let scalar = try run(program, inputs, instructionSet: .scalar)
    let results = try run(program, inputs)
    for (index, expected) in graph.reference(inputs).enumerated() {
      #expect(results[index].bytes == scalar[index].bytes, "output \(index) differs from scalar")
      let scale = expected.values.map(abs).max() ?? 0
      for (value, real) in zip(results[index].storedValues, expected.values) {
        // Sums of at most some hundred terms of few roundings, 2⁻²⁴ each.
        #expect(abs(value - real) <= 2e-4 * max(1, scale), "output \(index)")
      }
    }
  }

  /// The gradients of what is variable in a sample, for a random gradient of its output; `nil` when
  /// nothing is.
  private func differentiated(
    _ sample: Sample
  ) throws -> (graph: Graph, inputs: [TensorData])? {
    let filled = try SampleGraph(sample)
    let node = filled.graph.nodes[0]
    var builder = GraphBuilder()
    var (operands, inputs, wanted): ([Value], [TensorData], [Value]) = ([], [], [])
    for (value, data) in zip(node.inputs, filled.inputs) {
      guard filled.graph.constant(value) == nil else {
        operands.append(builder.constant(data))
        continue
      }
      operands.append(builder.input("x\(inputs.count)", data.type))
      inputs.append(data)
      if data.type.dtype == .float32 { wanted.append(operands[operands.count - 1]) }
    }
    guard !wanted.isEmpty else { return nil }
    let y = try builder.apply(node.operation, operands, name: "node")
    var generator = SeededGenerator(seed: 7)
    let seed = randomTensor(builder.type(of: y), in: -1...1, using: &generator)
    let dy = builder.input("dy", seed.type)
    inputs.append(seed)
    let gradients = try Training.gradients(&builder, seeds: [(y, dy)], wanted: wanted)
    for (index, gradient) in gradients.enumerated() { builder.output("g\(index)", gradient) }
    return (builder.finish(), inputs)
  }
}
