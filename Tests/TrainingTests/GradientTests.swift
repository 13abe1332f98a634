// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import TestSupport
import Testing
import Training

/// Every declared gradient against central differences of the operator's reference, in `Double`.
@Suite struct GradientTests {
  @Test(arguments: GradientCase.measurable)
  func isTheCentralDifference(_ test: GradientCase) throws {
    let node = try DifferentiatedSample(test.sample)
    let gradients = try node.gradients()
    for (input, gradient) in zip(node.inputs, gradients) {
      #expect(gradient.shape == node.graph.type(of: input).shape)
      let scale = gradient.values.map(\.magnitude).max() ?? 0
      // Of a large input, some hundred elements.
      let count = gradient.values.count
      for index in stride(from: 0, to: count, by: count / 500 + 1) {
        let value = gradient.values[index]
        let difference = node.centralDifference(of: input, element: index)
        #expect(
          (value - difference).magnitude <= 1e-6 * max(scale, 1),
          "input \(input.id), element \(index): \(value), differences give \(difference)")
      }
    }
  }

  /// What changes by steps alone has a gradient of none, and the sum of differences is 0.
  @Test(arguments: GradientCase.flat)
  func isNoneOfSteps(_ test: GradientCase) {
    #expect(throws: DifferentiationError.unreached(value: "x0")) {
      try DifferentiatedSample(test.sample)
    }
  }

  @Test(arguments: GradientCase.refused)
  func isRefused(_ test: GradientCase) {
    #expect {
      try DifferentiatedSample(test.sample)
    } throws: { error in
      guard case .unsupported(_, _, .noGradient)? = error as? DifferentiationError else {
        return false
      }
      return true
    }
  }
}

/// A float sample of an operator that has a gradient.
struct GradientCase: CustomTestStringConvertible, Sendable {
  let name: String
  let sample: Sample

  var testDescription: String { "\(name) \(sample.label)" }

  /// Forms of operators that say that they have none.
  static let refused = samples.filter { test in
    ["TransposedConvolution float32, by channel", "Reduce float32, product"]
      .contains(test.testDescription)
  }

  /// Operators whose outputs are whole numbers.
  static let flat = samples.filter { test in
    ["Floor", "Ceiling", "Round", "Cast"].contains(test.name)
  }

  static let all = (samples + forms).filter { test in
    !(refused + flat).contains { $0.testDescription == test.testDescription }
  }

  /// Those of which differences say something: no element is so great that it hides all others.
  static let measurable = all.filter { $0.testDescription != "Select float32, mask" }

  private static let samples: [GradientCase] = Catalogue.all.flatMap { type in
    type.samples.compactMap { sample in
      let types = sample.inputs.map { input in
        switch input {
        case .variable(let type, _), .constant(let type, _): type
        case .data(let data): data.type
        }
      }
      guard sample.operation is any DifferentiableOperator,
        types.contains(where: { $0.dtype == .float32 }),
        types.allSatisfy({ $0.quantization == nil && $0.dtype != .float16 })
      else { return nil }
      return GradientCase(name: type.name, sample: sample)
    }
  }
}

/// A sample's node with all its float inputs free, and the result `Σ r · y` with random r.
private struct DifferentiatedSample {
  let graph: Graph
  /// The float inputs, all differentiable.
  let inputs: [Value]
  private let output: Value
  private let weights: [Double]
  private let tensors: [ReferenceTensor]
  private let outputs: [Value]

  init(_ sample: Sample) throws {
    let filled = try SampleGraph(sample)
    let node = filled.graph.nodes[0]
    var builder = GraphBuilder()
    var operands: [Value] = []
    var inputs: [Value] = []
    var tensors: [ReferenceTensor] = []
    for (index, data) in filled.inputs.enumerated() {
      guard data.type.dtype == .float32 else {
        operands.append(builder.constant(data))
        continue
      }
      operands.append(builder.input("x\(index)", data.type))
      inputs.append(operands[index])
      tensors.append(ReferenceTensor(data))
    }
    let y = try builder.apply(node.operation, operands, name: "node")
    var generator = SeededGenerator(seed: 7)
    let seed = randomTensor(builder.type(of: y), in: -1...1, using: &generator)
    let wanted = inputs
    let gradients = try Training.gradients(
      &builder, seeds: [(y, builder.constant(seed))], wanted: wanted)
    for (index, gradient) in gradients.enumerated() { builder.output("g\(index)", gradient) }
    graph = builder.finish()
    try graph.verify()
    self.inputs = inputs
    output = y
    outputs = gradients
    weights = seed.storedValues
    self.tensors = tensors
  }

  func gradients() throws -> [ReferenceTensor] { graph.reference(tensors, of: outputs) }

  /// By a step of 10⁻⁶, which leaves ε / h ≈ 10⁻¹⁰ of the reference's rounding and h² / 6 of the
  /// third derivative: that of a root at 5·10⁻⁴, the least of the samples, is 5·10⁷, and 10⁻⁵ of it
  /// are left, within 10⁻⁶ of the slope there.
  func centralDifference(of input: Value, element: Int) -> Double {
    guard let position = inputs.firstIndex(of: input) else { preconditionFailure("an input") }
    let step = 1e-6
    func result(_ offset: Double) -> Double {
      var moved = tensors
      moved[position].values[element] += offset
      let y = graph.reference(moved, of: [output])[0].values
      return zip(weights, y).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (result(step) - result(-step)) / (2 * step)
  }
}
