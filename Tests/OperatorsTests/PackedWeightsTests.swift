// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Weights that lie as their kernels read them.
@Suite struct PackedWeightsTests {
  /// An operator and the natural shape of its weights.
  struct Form: CustomTestStringConvertible, Sendable {
    let operation: any PackableOperator
    let natural: Shape

    init(_ operation: any PackableOperator, _ natural: Shape) {
      self.operation = operation
      self.natural = natural
    }

    var testDescription: String { "\(type(of: operation).name) \(natural)" }

    static let all = [
      Form(FullyConnected(), [19, 45]), Form(FullyConnected(), [32, 7]),
      Form(Convolution(), [18, 3, 2, 5]), Form(Convolution(), [16, 1, 1, 9]),
      Form(DepthwiseConvolution(), [3, 2, 19]), Form(DepthwiseConvolution(), [1, 1, 32]),
      Form(TransposedConvolution(stride: .one, output: Extent2D(5, 6)), [18, 3, 2, 4]),
      Form(
        TransposedConvolution(
          stride: Extent2D(2, 3), dilation: Extent2D(1, 2), before: Extent2D(1, 0),
          output: Extent2D(9, 11)), [17, 3, 2, 5]),
      Form(DenseInputGradient(), [19, 45]),
      Form(
        DepthwiseInputGradient(
          padding: Padding(top: 1, left: 1, bottom: 1, right: 0), image: Extent2D(4, 5)),
        [3, 2, 19]),
    ]
  }

  /// Numbers that are all different.
  private func numbered(_ shape: Shape) -> [Float] { (1...shape.elementCount).map { Float($0) } }

  @Test(arguments: Form.all) func nodesPackAsFunctionsDo(_ form: Form) throws {
    let weights = numbered(form.natural)
    let packed = try form.operation.packedWeights(weights, form.natural)
    #expect(try form.operation.unpackedWeights(packed, form.natural) == weights)
    #expect(packed.filter { $0 != 0 }.sorted() == weights)

    var builder = GraphBuilder()
    let natural = builder.input("weights", TensorType(.float32, form.natural))
    let there = try builder.packed(natural, for: form.operation)
    let back = try builder.unpacked(there, for: form.operation.packing(form.natural))
    builder.output("packed", there)
    builder.output("natural", back)
    let results = builder.finish().reference([TensorData(form.natural, float32: weights)])
    #expect(results[0].values == packed.map { Double($0) })
    #expect(results[1].values == weights.map { Double($0) })
    #expect(results[1].shape == form.natural)
  }

  /// Trained weights are the bytes that a program holds of constant ones.
  @Test(arguments: Form.all) func constantsArePackedAlike(_ form: Form) throws {
    let weights = TensorData(form.natural, float32: numbered(form.natural))
    let inputs = [TensorType(.float32, image(form)), weights.type]
    let outputs = try form.operation.inferTypes(inputs)
    let context = NodeContext(
      inputs: inputs, outputs: outputs, constants: [nil, weights], floatClass: .fma)
    guard case .steps(let requests, _) = try form.operation.lower(context),
      case .constant(let bytes, .float32) = requests[0].operands[1]
    else {
      Issue.record("no constant weights")
      return
    }
    let packed = try form.operation.packedWeights(weights.float32Values, form.natural)
    #expect(bytes == littleEndianBytes(of: packed))
  }

  private func image(_ form: Form) -> Shape {
    switch form.operation {
    case is FullyConnected: [2, form.natural[1]]
    case is DenseInputGradient: [2, form.natural[0]]
    default: [1, 4, 5, form.natural[-1]]
    }
  }

  @Test func initialValuesArePackedAtCompileTime() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2, 45]))
    let layer = FullyConnected().packing([19, 45])
    let weights = builder.constant(TensorData([19, 45], float32: numbered([19, 45])))
    let packed = try builder.packed(weights, for: layer)
    builder.output("y", try builder.apply(layer, [x, packed]))
    let graph = try optimize(builder.finish())
    #expect(graph.nodes.count == 1)
    let folded = try #require(graph.constant(graph.nodes[0].inputs[1]))
    #expect(folded.float32Values == (try layer.packedWeights(numbered([19, 45]), [19, 45])))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let layer = FullyConnected().packing([19, 45])
    let (x, weights) = (TensorType(.float32, [2, 45]), TensorType(.float32, [2, 1, 45, 16]))
    #expect(throws: Never.self) { try layer.inferTypes([x, weights]) }
    #expect(throws: OperatorError.self) {
      try layer.inferTypes([x, TensorType(.float32, [19, 45])])
    }
    #expect(throws: OperatorError.dtype(input: 1, actual: .float16)) {
      try layer.inferTypes([x, TensorType(.float16, weights.shape)])
    }
    #expect(throws: OperatorError.self) {
      try layer.inferTypes([x, weights, TensorType(.float32, [20])])
    }
    #expect(throws: OperatorError.attributeValue("group", .int(2))) {
      var builder = GraphBuilder()
      let filters = builder.input("w", TensorType(.float32, [4, 2, 2, 3]))
      _ = try builder.packed(
        filters,
        for: TransposedConvolution(stride: .one, output: Extent2D(3, 3), groups: 2))
    }
  }

  /// A bias that is no constant is padded by nodes; kernels read whole panels.
  @Test func biasesOfWholePanelsNeedBeNoConstants() throws {
    let layer = FullyConnected().packing([19, 45])
    func lower(_ operation: any Operator, bias: Int, _ x: Shape, _ weights: Shape) throws {
      let inputs = [x, weights, [bias]].map { TensorType(.float32, $0) }
      let context = NodeContext(
        inputs: inputs, outputs: try operation.inferTypes(inputs), constants: [nil, nil, nil],
        floatClass: .fma)
      _ = try operation.lower(context)
    }
    #expect(throws: Never.self) { try lower(layer, bias: 32, [2, 45], [2, 1, 45, 16]) }
    #expect(throws: OperatorError.inputNotConstant(input: 2)) {
      try lower(layer, bias: 19, [2, 45], [2, 1, 45, 16])
    }
    let doubled = TransposedConvolution(stride: Extent2D(2, 2), output: Extent2D(4, 4))
      .packing([16, 2, 2, 3])
    let count = try doubled.packedWeights(numbered([16, 2, 2, 3]), [16, 2, 2, 3]).count
    #expect(throws: OperatorError.inputNotConstant(input: 2)) {
      try lower(doubled, bias: 16, [1, 2, 2, 3], [count])
    }
    var builder = GraphBuilder()
    let bias = try builder.paddedBias(builder.input("bias", TensorType(.float32, [19])))
    #expect(builder.type(of: bias).shape == [32])
  }
}
