// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A sum, mean, maximum and the like over neighbouring axes, which stay with extent 1.
///
/// Float32; sum, mean, maximum and minimum also in int8. Maximum and minimum skip NaN.
package struct Reduce: Operator, Hashable {
  /// What becomes of the elements.
  package enum Kind: Sendable {
    case sum, mean, maximum, minimum, sumOfSquares, product
  }

  package static let name = "Reduce"
  package static let spellings: [Spelling] = onnxSpellings + tfliteSpellings
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.freeOutputScale

  package var kind: Kind
  package var axes: ClosedRange<Int>

  package init(_ kind: Kind, axes: ClosedRange<Int>) {
    self.kind = kind
    self.axes = axes
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let x = inputs[0]
    try x.check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try x.checkArithmetic(input: 0)
    for axis in [axes.lowerBound, axes.upperBound] where !x.shape.extents.indices.contains(axis) {
      throw .axis(axis, rank: x.shape.rank)
    }
    if x.dtype == .int8 { try checkInteger(x.shape) }
    var extents = x.shape.extents
    for axis in axes { extents[axis] = 1 }
    return [x.output(try Shape(checked: extents))]
  }

  /// In int8 the sum of distances from the zero point, each at most 255, stays within 32 bits.
  private func checkInteger(_ shape: Shape) throws(OperatorError) {
    switch kind {
    case .sumOfSquares, .product: throw .dtype(input: 0, actual: .int8)
    case .sum, .mean, .maximum, .minimum:
      guard split(shape).reduced <= Int(Int32.max) / 255 else { throw .accumulatorOverflow }
    }
  }

  /// The elements before, along and behind the reduced axes.
  private func split(_ shape: Shape) -> (outer: Int, reduced: Int, inner: Int) {
    let extents = shape.extents
    return (
      extents[..<axes.lowerBound].reduce(1, *), extents[axes].reduce(1, *),
      extents[(axes.upperBound + 1)...].reduce(1, *)
    )
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let x = inputs[0]
    let (outer, reduced, inner) = split(x.shape)
    var y: [Double] = []
    for row in 0..<outer {
      for column in 0..<inner {
        y.append(
          reduction((0..<reduced).map { x.values[(row * reduced + $0) * inner + column] }))
      }
    }
    var extents = x.shape.extents
    for axis in axes { extents[axis] = 1 }
    return [ReferenceTensor(Shape(extents), y)]
  }

  private func reduction(_ values: [Double]) -> Double {
    switch kind {
    case .sum: values.reduce(0, +)
    case .mean: values.reduce(0, +) / Double(values.count)
    case .maximum: values.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
    case .minimum: values.reduce(.infinity) { $1 < $0 ? $1 : $0 }
    case .sumOfSquares: values.reduce(0) { $0 + $1 * $1 }
    case .product: values.reduce(1, *)
    }
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (outer, reduced, inner) = split(node.inputs[0].shape)
    let shape = uk_reduce_parameters(
      outer: UInt32(outer), reduced: UInt32(reduced), inner: UInt32(inner), kind: kind.stored)
    guard try node.isQuantized() else {
      return .step(
        KernelRequest(
          .UK_CONTRACT_f32_reduce, parameters: shape, operands: [.input(0), .output(0)],
          macCount: node.inputs[0].shape.elementCount))
    }
    let x = try node.inputs[0].perTensorQuantization(input: 0)
    let y = try node.outputQuantization()
    let divisor = kind == .mean ? Double(reduced) : 1
    return .step(
      KernelRequest(
        .UK_CONTRACT_s8_reduce,
        parameters: uk_s8_reduce_parameters(
          shape: shape, input_zero_point: x.zeroPoint,
          multiplier: try requantizationScale(
            Double(x.scale) / (Double(y.scale) * divisor), input: 0),
          reserved: (0, 0), output: uk_requantize(y)),
        operands: [.input(0), .output(0)], macCount: node.inputs[0].shape.elementCount))
  }
}

extension Reduce.Kind {
  fileprivate var stored: UInt32 {
    let kind: uk_reduction =
      switch self {
      case .sum: .UK_REDUCTION_SUM
      case .mean: .UK_REDUCTION_MEAN
      case .maximum: .UK_REDUCTION_MAX
      case .minimum: .UK_REDUCTION_MIN
      case .sumOfSquares: .UK_REDUCTION_SUM_OF_SQUARES
      case .product: .UK_REDUCTION_PRODUCT
      }
    return kind.rawValue
  }
}

// MARK: - Gradient

extension Reduce: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, dy) = (node.inputs[0], node.outputGradient)
    let shape = builder.shape(of: x)
    switch kind {
    case .sum: return [try builder.expanded(dy, to: shape)]
    case .mean:
      let share = try builder.scaled(dy, by: Float(1 / Double(split(shape).reduced)))
      return [try builder.expanded(share, to: shape)]
    case .sumOfSquares: return [try builder.product(x, try builder.scaled(dy, by: 2))]
    case .maximum, .minimum: return [try toEquals(node, &builder)]
    case .product: throw .noGradient
    }
  }

  /// To the elements that equal the result, in equal parts.
  private func toEquals(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let (zero, one) = (builder.scalar(0), builder.scalar(1))
    let isEqual = try builder.apply(Comparison(.equal), [node.inputs[0], node.outputs[0]])
    let ones = try builder.apply(Select(), [isEqual, one, zero])
    let count = try builder.apply(Reduce(.sum, axes: axes), [ones])
    let share = try builder.apply(Divide(), [node.outputGradient, count])
    return try builder.apply(Select(), [isEqual, share, zero])
  }
}

// MARK: - Samples

extension Reduce {
  package static let samples: [Sample] = [
    Sample("float32, sum of rows", Reduce(.sum, axes: 1...1), [.variable(.float([5, 83]))]),
    Sample("float32, mean", Reduce(.mean, axes: 1...2), [.variable(.float([3, 9, 5, 19]))]),
    Sample("float32, maximum", Reduce(.maximum, axes: 0...0), [.variable(.float([40, 5]))]),
    Sample("float32, minimum", Reduce(.minimum, axes: 0...2), [.variable(.float([4, 3, 7]))]),
    Sample("float32, squares", Reduce(.sumOfSquares, axes: 1...1), [.variable(.float([2, 70]))]),
    Sample(
      "float32, product", Reduce(.product, axes: 1...1), [.variable(.float([3, 5, 2]), 0.1...0.7)]),
    integer("int8, sum", Reduce(.sum, axes: 1...1), scale: 0.5),
    integer("int8, mean", Reduce(.mean, axes: 0...1), scale: 0.011),
    integer("int8, maximum", Reduce(.maximum, axes: 2...2), scale: 0.02),
    integer("int8, minimum", Reduce(.minimum, axes: 1...2), scale: 0.03),
  ]

  private static func integer(_ label: String, _ reduce: Reduce, scale: Float) -> Sample {
    Sample(
      label, reduce, [.variable(.int8([3, 21, 5], scale: 0.02, zeroPoint: -20))],
      outputQuantization: QuantizationParameters(scale: scale, zeroPoint: 9))
  }
}
