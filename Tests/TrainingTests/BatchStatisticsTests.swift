// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing
import Training

/// Batch normalisation by the statistics of what it normalises.
@Suite struct BatchStatisticsTests {
  private let seed: TensorData
  private let tensors: [TensorData]
  private let graph: Graph
  private let output: Value
  private let gradients: [Value]

  /// The normalisation of x by its own statistics, and the gradients of x, scale and bias.
  init() throws {
    var generator = SeededGenerator(seed: 3)
    let shape: Shape = [2, 150, 3]
    tensors = [shape, [3], [3]].map { shape in
      randomTensor(TensorType(.float32, shape), in: -1...3, using: &generator)
    }
    seed = randomTensor(TensorType(.float32, shape), in: -1...1, using: &generator)
    var builder = GraphBuilder()
    let inputs = tensors.enumerated().map { builder.input("x\($0)", $1.type) }
    let (mean, variance) = try builder.batchStatistics(of: inputs[0])
    let normalization = BatchNormalization(epsilon: 1e-3, usesBatchStatistics: true)
    output = try builder.apply(normalization, inputs + [mean, variance], name: "normal")
    gradients = try Training.gradients(
      &builder, seeds: [(output, builder.constant(seed))], wanted: inputs)
    builder.output("y", output)
    for (index, gradient) in gradients.enumerated() { builder.output("g\(index)", gradient) }
    graph = builder.finish()
  }

  private var reference: [ReferenceTensor] { tensors.map { ReferenceTensor($0) } }

  /// Whatever x is, each channel has the bias for its mean and the scale for its deviation.
  @Test func normalizesEachChannel() throws {
    let y = graph.reference(reference, of: [output])[0].values
    for c in 0..<3 {
      let column = stride(from: c, to: y.count, by: 3).map { y[$0] }
      let mean = column.reduce(0, +) / Double(column.count)
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
      #expect(abs(mean - tensors[2].storedValues[c]) < 1e-6)
      // ε keeps it below the scale by half of ε / σ², and σ² is 4/3.
      let scale = abs(tensors[1].storedValues[c])
      #expect(abs(variance.squareRoot() - scale) < 1e-3 * scale)
    }
  }

  /// By central differences of the whole, what goes through mean and variance included.
  @Test func gradientGoesThroughTheStatistics() throws {
    let found = graph.reference(reference, of: gradients)
    let step = 6e-6
    func result(_ input: Int, _ element: Int, _ offset: Double) -> Double {
      var moved = reference
      moved[input].values[element] += offset
      let y = graph.reference(moved, of: [output])[0].values
      return zip(seed.storedValues, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for (input, gradient) in found.enumerated() {
      let scale = max(1, gradient.values.map(abs).max() ?? 0)
      for (element, value) in gradient.values.enumerated() {
        let difference =
          (result(input, element, step) - result(input, element, -step)) / (2 * step)
        #expect(abs(value - difference) <= 1e-6 * scale, "input \(input), element \(element)")
      }
    }
  }

  /// A program of it, where nothing is constant: 300 rows are two blocks of sums.
  @Test(arguments: [FloatClass.fma, .muladd])
  func compiles(_ floatClass: FloatClass) throws {
    var options = CompileOptions()
    options.floatClass = floatClass
    let program = try Program(copying: compile(graph, options: options).bytes)
    let results = try run(program, tensors)
    let expected = graph.reference(reference, of: [output] + gradients)
    for (result, reference) in zip(results, expected) {
      let scale = reference.values.map(abs).max() ?? 0
      for (value, real) in zip(result.storedValues, reference.values) {
        // Sums of two blocks of up to 256 rows, some of products: 300 roundings of magnitudes that
        // are a few times the greatest result, at 2⁻²⁴ each.
        #expect(abs(value - real) <= 300 * 4 * 0x1p-24 * max(1, scale))
      }
    }
  }
}
