// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// What gradient operators mean, against central differences of what they are gradients of.
@Suite struct GradientReferenceTests {
  private static let step = 1e-5

  /// The gradient of `Σ dy · f(x)` by each element of input `input`, from differences.
  private func differences(
    _ operation: some Operator, _ inputs: [ReferenceTensor], of input: Int, dy: ReferenceTensor
  ) -> [Double] {
    inputs[input].values.indices.map { index in
      let sums = [Self.step, -Self.step].map { step in
        var inputs = inputs
        inputs[input].values[index] += step
        let y = operation.reference(inputs)[0]
        return zip(dy.values, y.values).reduce(0) { $0 + $1.0 * $1.1 }
      }
      return (sums[0] - sums[1]) / (2 * Self.step)
    }
  }

  private func agree(_ values: [Double], _ right: [Double], _ text: String) {
    let scale = max(right.map(abs).max() ?? 0, 1)
    let worst = zip(values, right).map { abs($0 - $1) }.max() ?? .infinity
    #expect(values.count == right.count && worst <= 1e-7 * scale, "\(text): \(worst)")
  }

  private func random(
    _ shape: Shape, _ generator: inout SeededGenerator, _ range: ClosedRange<Double> = -2...2
  ) -> ReferenceTensor {
    ReferenceTensor(
      shape, (0..<shape.elementCount).map { _ in .random(in: range, using: &generator) })
  }

  private static let functions: [any RealFunction] = [
    Sigmoid(), Tanh(), Erf(), GELU(), GELU(form: .tanh), SiLU(), HardSwish(),
    HardSigmoid(alpha: 0.4), ELU(alpha: 0.7), Softplus(), Exponential(), Logarithm(),
    SquareRoot(), ReciprocalSquareRoot(), Reciprocal(), Power(exponent: 1), Power(exponent: 4),
    Power(exponent: -3), Power(exponent: 1.7), Absolute(), Negate(), Floor(), Ceiling(), Round(),
  ]

  /// Between −4 and 4, or 4 and 0 where the function is of positive numbers; away from kinks.
  @Test func functionsOfOneReal() {
    for function in Self.functions {
      let positive =
        function is Logarithm || function is SquareRoot || function is Power
        || function is ReciprocalSquareRoot || function is Reciprocal
      let range = positive ? 1...20 : -20...20
      let points = range.map { Double($0) * 0.2 + 0.07 }
      let x = ReferenceTensor([points.count], points)
      let dy = ReferenceTensor([points.count], points.map { 1 + $0 * $0 })
      check(function, x, dy)
    }
  }

  private func check(_ function: some RealFunction, _ x: ReferenceTensor, _ dy: ReferenceTensor) {
    agree(
      MapGradient(of: function).reference([dy, x])[0].values,
      differences(function, [x], of: 0, dy: dy), "\(function)")
  }

  @Test func softmaxAndClamp() {
    var generator = SeededGenerator(seed: 5)
    let (x, dy) = (random([3, 7], &generator), random([3, 7], &generator))
    let y = Softmax().reference([x])[0]
    agree(
      SoftmaxGradient().reference([y, dy])[0].values,
      differences(Softmax(), [x], of: 0, dy: dy), "softmax")
    let clamp = Clamp(range: .reluN1To1)
    agree(
      ClampGradient(range: .reluN1To1).reference([dy, clamp.reference([x])[0]])[0].values,
      differences(clamp, [x], of: 0, dy: dy), "clamp")
  }

  @Test(arguments: [true, false]) func normalizationByInput(isCentered: Bool) {
    var generator = SeededGenerator(seed: 6)
    let (x, dy) = (random([4, 9], &generator), random([4, 9], &generator))
    let scale = random([9], &generator)
    let gradient = NormalizationGradient(epsilon: 0.1, isCentered: isCentered)
    let right =
      isCentered
      ? differences(LayerNormalization(epsilon: 0.1), [x, scale], of: 0, dy: dy)
      : differences(RMSNormalization(epsilon: 0.1), [x, scale], of: 0, dy: dy)
    agree(gradient.reference([x, dy, scale])[0].values, right, "normalisation")
  }

  /// The normalisation by a scale of 1 gives what the scale's gradient is a sum of products with.
  @Test(arguments: [5, 300]) func normalizationByScaleAndBias(rows: Int) throws {
    var generator = SeededGenerator(seed: 7)
    let shape: Shape = [rows, 3]
    let (x, dy) = (random(shape, &generator), random(shape, &generator))
    let (scale, bias) = (random([3], &generator), random([3], &generator))
    let layer = LayerNormalization(epsilon: 0.1)
    var builder = GraphBuilder()
    let (xValue, dyValue) = (
      builder.input("x", TensorType(.float32, shape)),
      builder.input("dy", TensorType(.float32, shape))
    )
    let ones = builder.constant(TensorData([3], float32: [1, 1, 1]))
    let zeros = builder.constant(TensorData([3], float32: [0, 0, 0]))
    let normal = try builder.apply(layer, [xValue, ones, zeros])
    let products = try builder.apply(BlockProducts(), [dyValue, normal, zeros])
    builder.output("scale", try builder.joinedBlocks(products))
    builder.output("bias", try builder.sumOfRows(dyValue))
    builder.output("mean", try builder.sumOfRows(dyValue, factor: 0.5))
    let graph = builder.finish()
    let stored = [x, dy].map { TensorData(shape, float32: $0.values.map { Float($0) }) }
    let exact = stored.map { ReferenceTensor($0) }
    let results = graph.reference(stored)
    #expect(results.map(\.shape) == [[3], [3], [3]])
    agree(
      results[0].values,
      differences(layer, [exact[0], scale, bias], of: 1, dy: exact[1]), "scale")
    let right = differences(layer, [exact[0], scale, bias], of: 2, dy: exact[1])
    agree(results[1].values, right, "bias")
    agree(results[2].values, right.map { $0 * 0.5 }, "half of it")
    let isOneBlock = rows <= 256
    #expect(graph.nodes.contains { $0.operation is Reshape } == isOneBlock)
  }
}
