// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// A part of a tensor: `y[i] = x[start + i · step]` along each axis.
///
/// Any dtype. A negative step reads backwards.
package struct Slice: Operator, MovingOperator, Hashable {
  package static let name = "Slice"
  package static let inputCount = 1...1
  package static let movedInputs = 0...0
  package static let quantization = QuantizationRule.sameAsInput

  /// The first element on each axis, outermost first; counted from the front.
  package var start: [Int]

  /// The distance to the next element on each axis; not 0.
  package var step: [Int]

  /// The elements on each axis.
  package var count: [Int]

  package init(start: [Int], step: [Int], count: [Int]) {
    self.start = start
    self.step = step
    self.count = count
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let shape = inputs[0].shape
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    for (name, values) in [("start", start), ("step", step), ("count", count)] {
      guard values.count == shape.rank else { throw .attributeValue(name, .ints(values)) }
    }
    for axis in shape.extents.indices {
      guard count[axis] > 0 else { throw .emptyOutput }
      let (reach, isTooFar) = (count[axis] - 1).multipliedReportingOverflow(by: step[axis])
      let (last, isOutside) = start[axis].addingReportingOverflow(reach)
      let extent = 0..<shape[axis]
      guard !isTooFar, !isOutside, extent.contains(start[axis]), extent.contains(last) else {
        throw .attributeValue("start", .ints(start))
      }
      guard step[axis] != 0 || count[axis] == 1 else {
        throw .attributeValue("step", .ints(step))
      }
    }
    var output = inputs[0].moved(to: try Shape(checked: count))
    if case .blocks? = inputs[0].quantization?.granularity {
      throw .quantizationUnsupported(input: 0)
    }
    if let quantization = inputs[0].quantization,
      case .perChannel(let axis) = quantization.granularity
    {
      let channels = (0..<count[axis]).map { start[axis] + $0 * step[axis] }
      output.quantization = QuantizationParameters(
        axis: axis, scales: channels.map { quantization.scales[$0] },
        zeroPoints: channels.map { quantization.zeroPoints[$0] })
    }
    return [output]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (strides, offset) = reading(inputs[0].shape)
    let sources = stridedIndices(count, strides, offset: offset)
    return [ReferenceTensor(Shape(count), sources.map { inputs[0].values[$0] })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let (strides, offset) = reading(node.inputs[0].shape)
    return try StridedView(count, strides: strides, offset: offset).lower(node)
  }

  /// The distance of the output's neighbours in the input, and where the first of them is.
  private func reading(_ shape: Shape) -> (strides: [Int], offset: Int) {
    let strides = shape.strides
    let axes = shape.extents.indices
    return (
      // An axis of one element may have any step.
      axes.map { count[$0] == 1 ? 0 : step[$0] * strides[$0] },
      axes.map { start[$0] * strides[$0] }.reduce(0, +)
    )
  }
}

// MARK: - Gradient

extension Slice: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let shape = builder.shape(of: node.inputs[0])
    return [try builder.scattered(node.outputGradient, by: self, into: shape)]
  }
}

// MARK: - Samples

extension Slice {
  package static let samples: [Sample] = [
    Sample(
      "float32, channels", Slice(start: [0, 0, 3], step: [1, 1, 1], count: [2, 5, 4]),
      [.variable(.float([2, 5, 9]))]),
    Sample(
      "float32, rows", Slice(start: [2, 0], step: [1, 1], count: [3, 7]),
      [.variable(.float([6, 7]))]),
    Sample(
      "float32, every other", Slice(start: [0, 1, 0], step: [1, 2, 2], count: [3, 4, 5]),
      [.variable(.float([3, 9, 10]))]),
    Sample(
      "float32, backwards", Slice(start: [4, 0, 6], step: [-2, 1, -1], count: [3, 3, 7]),
      [.variable(.float([5, 3, 7]))]),
    Sample(
      "int64", Slice(start: [1, 1], step: [2, 3], count: [2, 2]),
      [.variable(TensorType(.int64, [4, 5]))]),
    Sample(
      "int8", Slice(start: [0, 1, 2], step: [1, 2, 1], count: [2, 2, 3]),
      [.variable(.int8([2, 4, 6], scale: 0.02, zeroPoint: -20))]),
  ]
}
