// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// The gradient of a convolution's input is its adjoint: ⟨dz, conv(x)⟩ = ⟨dx, x⟩.
@Suite struct InputGradientTests {
  struct Form: CustomTestStringConvertible, Sendable {
    let convolution: Convolution
    let input: Extent2D
    let weights: Shape

    var testDescription: String { "\(weights), \(convolution.stride)" }

    static let all = [
      Form(
        convolution: Convolution(padding: Padding(top: 1, left: 1, bottom: 1, right: 1)),
        input: Extent2D(7, 6), weights: [18, 3, 3, 5]),
      Form(
        convolution: Convolution(
          stride: Extent2D(2, 2), padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
        input: Extent2D(8, 7), weights: [5, 3, 3, 17]),
      Form(
        convolution: Convolution(
          stride: Extent2D(2, 1), dilation: Extent2D(1, 2),
          padding: Padding(top: 2, left: 0, bottom: 0, right: 3)),
        input: Extent2D(9, 8), weights: [33, 2, 3, 3]),
      Form(convolution: Convolution(), input: Extent2D(4, 5), weights: [19, 1, 1, 21]),
      // The last row and column are in no window.
      Form(
        convolution: Convolution(stride: Extent2D(2, 2)), input: Extent2D(6, 8),
        weights: [16, 1, 1, 8]),
    ]
  }

  @Test(arguments: Form.all, [false, true])
  func isTheAdjoint(_ form: Form, isPacked: Bool) throws {
    var random = SplitMix64(seed: 5)
    func tensor(_ shape: Shape) -> TensorData {
      TensorData(
        shape,
        float32: (0..<shape.elementCount).map { _ in Float(Int(random.next() % 17) - 8) })
    }
    let natural = tensor(form.weights)
    let x = tensor([2, form.input.height, form.input.width, form.weights[3]])
    let convolution = isPacked ? form.convolution.packing(form.weights) : form.convolution
    let packed = try form.convolution.packedWeights(natural.float32Values, form.weights)

    var builder = GraphBuilder()
    let input = builder.input("x", x.type)
    let layout = try convolution.packedLayout()
    let weights =
      layout.map { builder.input("weights", TensorType(.float32, $0.shape)) }
      ?? builder.constant(natural)
    let z = try builder.apply(convolution, [input, weights])
    let dz = builder.input("dz", builder.type(of: z))
    let dx = try builder.inputGradient(
      of: convolution, dz: dz, weights: weights, input: form.input)
    builder.output("z", z)
    builder.output("dx", dx)
    #expect(builder.type(of: dx) == x.type)
    let graph = builder.finish()

    let gradient = tensor(graph.type(of: graph.outputs[0].value).shape)
    let operands = graph.inputs.map { port in
      switch port.name {
      case "x": x
      case "dz": gradient
      default: TensorData(graph.type(of: port.value).shape, float32: packed)
      }
    }
    let results = graph.reference(operands)
    func product(_ a: ReferenceTensor, _ b: TensorData) -> Double {
      zip(a.values, b.storedValues).reduce(0) { $0 + $1.0 * $1.1 }
    }
    // Whole numbers: exact.
    #expect(product(results[0], gradient) == product(results[1], x))
    #expect(results[1].values.contains { $0 != 0 })
  }
}
