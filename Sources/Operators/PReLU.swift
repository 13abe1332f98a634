// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Rectifier with a slope: `y = x` where `x > 0`, else `y = slope · x`.
///
/// Inputs: x `[…, C]`; slope of one element, or `[C]`. Int8 takes one slope for all channels.
package struct PReLU: Operator, Hashable {
  package static let name = "PReLU"
  package static let spellings: [Spelling] = [
    .onnx("LeakyRelu", since: 1) { node throws(OperatorError) in
      try leaky(&node, slope: try node.attributes.float("alpha", default: 0.01))
    },
    .onnx("PRelu", since: 6, fromONNX),
    .tflite(54, fromTFLite),
    .tflite(98) { node throws(OperatorError) in
      try leaky(&node, slope: try node.attributes.float("alpha"))
    },
  ]
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.freeOutputScale

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    try inputs[1].checkArithmetic(input: 1)
    if inputs[1].shape.elementCount != 1 {
      try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
      try inputs[1].check(extents: [inputs[0].shape[-1]], input: 1)
    }
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let slopes = inputs[1].values
    var y = inputs[0]
    for index in y.values.indices where !(y.values[index] > 0) {
      y.values[index] *= slopes[index % slopes.count]
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let slopes = ReferenceTensor(try node.constant(1)).values
    if try node.isQuantized() {
      let slope = slopes[0]
      guard slopes.allSatisfy({ $0 == slope }) else { throw .quantizationUnsupported(input: 1) }
      return try node.lookup { $0 > 0 ? $0 : slope * $0 }
    }
    let matrix =
      slopes.count == 1
      ? MatrixView(elementsOf: node.inputs[0].shape) : MatrixView(channelsOf: node.inputs[0].shape)
    let columnSlopes = (0..<matrix.columns).map { Float(slopes[$0 % slopes.count]) }
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_prelu,
        parameters: uk_f32_unary_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: -.infinity,
          max: .infinity),
        operands: [.input(0), .columns(columnSlopes, .float32), .output(0)],
        overwritableInputs: [0]))
  }
}

// MARK: - Gradient

extension PReLU: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, dy, zero) = (node.inputs[0], node.outputGradient, builder.scalar(0))
    let slope = try builder.slopes(node.inputs[1])
    let isPositive = try builder.apply(Comparison(.less), [zero, x])
    return try node.each { (input) throws(OperatorError) in
      let shape = builder.shape(of: node.inputs[input])
      guard input == 1 else {
        let scaled = try builder.product(dy, slope)
        return try builder.reshaped(
          try builder.apply(Select(), [isPositive, dy, scaled]), as: shape)
      }
      let product = try builder.product(dy, x)
      let part = try builder.apply(Select(), [isPositive, zero, product])
      let sum = try builder.summed(part, to: builder.shape(of: slope))
      return try builder.reshaped(sum, as: shape)
    }
  }
}

// MARK: - Expansion

extension PReLU: CompositeOperator {
  /// The kernel takes constant slopes; what is trained is computed by others.
  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    let x = inputs[0]
    guard !builder.isFoldable(inputs[1]), builder.type(of: x).dtype == .float32 else { return nil }
    let isPositive = try builder.apply(Comparison(.less), [builder.scalar(0), x])
    let scaled = try builder.product(x, try builder.slopes(inputs[1]))
    let y = try builder.apply(Select(), [isPositive, x, scaled], name: name)
    return [try builder.reshaped(y, as: builder.shape(of: x))]
  }
}

extension GraphBuilder {
  /// Slopes as a vector, which broadcasts over channels.
  fileprivate mutating func slopes(_ value: Value) throws(OperatorError) -> Value {
    try reshaped(value, as: [shape(of: value).elementCount])
  }
}

// MARK: - Training

extension PReLU: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .slope)]
}

// MARK: - Samples

extension PReLU {
  package static let samples: [Sample] = [
    Sample(
      "float32, slope per channel", PReLU(),
      [.variable(.float([2, 3, 19])), .constant(.float([19]))]),
    Sample("float32, one slope", PReLU(), [.variable(.float([70, 30])), .constant(.float([1]))]),
    Sample(
      "int8", PReLU(),
      [
        .variable(.int8([4, 33], scale: 0.02, zeroPoint: -30)), .constant(.float([1]), 0.1...0.4),
      ],
      outputQuantization: QuantizationParameters(scale: 0.015, zeroPoint: -90)),
  ]
}

// MARK: - Spellings

extension PReLU {
  private static func leaky(
    _ node: inout ImportedNode, slope: Float
  ) throws(OperatorError) -> [Value] {
    [try node.apply(PReLU(), [try node.input(0), node.constant([1], [slope])])]
  }

  /// The slope is shared, or varies along axis 1 alone.
  private static func fromONNX(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (x, slope) = (try node.input(0), try node.input(1))
    let count = node.shape(of: slope).elementCount
    guard count > 1 else { return try node.binary(PReLU()) }
    let shape = node.shape(of: x)
    try node.type(of: x).check(rank: 2...ProgramFormat.maximumRank, input: 0)
    // Before version 7 a slope per channel was a vector; now it broadcasts as [C, 1, …].
    let trailing = [Int](repeating: 1, count: node.version < 7 ? 0 : shape.rank - 2)
    let extents = Array(node.shape(of: slope).extents.drop { $0 == 1 })
    guard extents == [shape[1]] + trailing else {
      throw .shape(
        input: 1, expected: Shape([shape[1]] + trailing), actual: node.shape(of: slope))
    }
    let y = try node.apply(
      PReLU(), [try node.channelsLast(x), try node.reshaped(slope, to: [count])])
    return [try node.channelsSecond(y)]
  }

  /// The slope is `[1, 1, C]`, in float32 or quantised.
  private static func fromTFLite(_ node: inout ImportedNode) throws(OperatorError) -> [Value] {
    let (x, slope) = (try node.input(0), try node.input(1))
    let count = node.shape(of: slope).elementCount
    guard node.shape(of: slope).extents.last ?? 1 == count else {
      throw .shape(input: 1, expected: [count], actual: node.shape(of: slope))
    }
    return [try node.apply(PReLU(), [x, try node.reshaped(slope, to: [count])])]
  }
}
