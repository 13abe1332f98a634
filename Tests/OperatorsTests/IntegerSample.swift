// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// A float32 sample and its quantised form: int8 activations and weights, scales from the ranges of
/// their numbers, so that nothing saturates.
struct IntegerSample {
  /// A number as integers store it: what it is, what is stored, and how far the two are apart.
  struct Operand {
    let real: ReferenceTensor
    let stored: TensorData
    /// Half a step for each element; 0 for what is stored as it is.
    let error: ReferenceTensor
  }

  let operation: any Operator
  let operands: [Operand]
  private let isVariable: [Bool]

  /// Fills a sample of float32 and rounds what is in it.
  init(_ sample: Sample, seed: UInt64) throws {
    let filled = try SampleGraph(sample, seed: seed)
    var inputs = filled.inputs.map { $0.withoutPoles(of: sample.operation) }
    if sample.operation is any RecurrentOperator { inputs[2] = inputs[2].contracting }
    let roles = operandRoles(sample.operation, count: inputs.count)
    let hasOneScale = type(of: sample.operation).quantization == .sameAsInput
    let reals = inputs.filter { $0.type.dtype == .float32 }
    let shared = hasOneScale ? range(of: reals.flatMap(\.float32Values).map(Double.init)) : nil
    var operands: [Operand] = []
    for (index, input) in inputs.enumerated() {
      switch roles[index] {
      case _ where input.type.dtype != .float32: operands.append(Operand(exactly: input))
      case .activation: operands.append(Operand(activation: input, range: shared))
      case .weights(let axis): operands.append(Operand(weights: input, axis: axis))
      case .bias: operands.append(Operand(bias: input, x: operands[0], weights: operands[1]))
      }
    }
    operation = sample.operation
    self.operands = operands
    isVariable = filled.graph.nodes[0].inputs.map { filled.graph.constant($0) == nil }
  }

  private init(_ operation: any Operator, _ operands: [Operand], _ isVariable: [Bool]) {
    self.operation = operation
    self.operands = operands
    self.isVariable = isVariable
  }

  /// An operator that is a part of this one, on the first of its operands.
  func part(_ operation: any Operator, _ range: PartialRangeUpTo<Int>) -> IntegerSample {
    IntegerSample(operation, Array(operands[range]), Array(isVariable[range]))
  }

  /// What the operator means, of the numbers before they were rounded.
  var reference: ReferenceTensor { operation.reference(operands.map(\.real))[0] }

  /// What the integer kernels give; `nil` when no kernel takes this form.
  func result(_ operation: any Operator, _ output: QuantizationParameters) throws -> TensorData? {
    var builder = GraphBuilder()
    let values = zip(operands, isVariable).enumerated().map { index, operand in
      operand.1
        ? builder.input("x\(index)", operand.0.stored.type) : builder.constant(operand.0.stored)
    }
    let integers = operation.integers(holding: output)
    guard let outputs = try? builder.add(integers, values, quantization: output, name: "node"),
      builder.type(of: outputs[0]).dtype == .int8
    else { return nil }
    builder.output("y", outputs[0])
    let graph = builder.finish()
    let context = NodeContext(
      inputs: values.map { graph.type(of: $0) }, outputs: [graph.type(of: outputs[0])],
      constants: values.map { graph.constant($0) }, floatClass: .muladd)
    guard (try? integers.lower(context)) != nil else { return nil }
    let inputs = zip(operands, isVariable).filter(\.1).map(\.0.stored)
    return try run(Program(copying: compile(graph).bytes), inputs)[0]
  }
}

/// What quantising does with an input.
private enum OperandRole {
  case activation
  case weights(axis: Int)
  case bias
}

private func operandRoles(_ operation: any Operator, count: Int) -> [OperandRole] {
  var roles = [OperandRole](repeating: .activation, count: count)
  switch operation {
  case let layer as any WeightedOperator:
    roles[1] = .weights(axis: type(of: layer).weightChannelAxis)
    if count > 2 { roles[2] = .bias }
  case let layer as ResidualLayer:
    let inner = operandRoles(layer.layer.operation, count: count - 1)
    roles.replaceSubrange(..<inner.count, with: inner)
  case is any RecurrentOperator:
    roles[1] = .weights(axis: 0)
    roles[2] = .weights(axis: 0)
    roles[3] = .bias
  default: break
  }
  return roles
}

/// The least and the greatest of numbers and 0.
func range(of values: [Double]) -> ClosedRange<Double> {
  min(values.min() ?? 0, 0)...max(values.max() ?? 0, 0)
}

extension QuantizationParameters {
  /// 256 levels over a range that holds 0, which is one of them; an end is missed by at most half a
  /// step.
  init(levelsOver range: ClosedRange<Double>) {
    let step = Float((range.upperBound - range.lowerBound) / 255).nextUp
    let zeroPoint = (-128 - range.lowerBound / Double(step)).rounded()
    self.init(scale: step, zeroPoint: Int32(min(max(zeroPoint, -128), 127)))
  }
}

extension IntegerSample.Operand {
  fileprivate init(exactly data: TensorData) {
    real = ReferenceTensor(data)
    stored = data
    error = real.map { _ in 0 }
  }

  fileprivate init(activation data: TensorData, range given: ClosedRange<Double>?) {
    real = ReferenceTensor(data)
    let parameters = QuantizationParameters(levelsOver: given ?? range(of: real.values))
    let half = Double(parameters.scales[0]) / 2
    stored = real.stored(as: TensorType(.int8, real.shape, quantization: parameters)) ?? data
    error = real.map { _ in half }
  }

  fileprivate init(weights data: TensorData, axis: Int) {
    let real = ReferenceTensor(data)
    let (stride, channels) = (real.shape.strides[axis], real.shape[axis])
    var scales = [Float](repeating: .leastNormalMagnitude, count: channels)
    for (index, value) in real.values.enumerated() {
      let channel = index / stride % channels
      scales[channel] = max(scales[channel], Float(abs(value) / 127))
    }
    let type = TensorType(
      .int8, real.shape,
      quantization: QuantizationParameters(
        axis: axis, scales: scales, zeroPoints: [Int32](repeating: 0, count: channels)))
    stored = real.stored(as: type) ?? data
    error = ReferenceTensor(
      real.shape,
      real.values.indices.map { Double(scales[$0 / stride % channels]) / 2 })
    self.real = real
  }

  /// Stored as it is: the operator counts it in steps of its sums.
  fileprivate init(bias data: TensorData, x: Self, weights: Self) {
    real = ReferenceTensor(data)
    stored = data
    let step = x.stored.type.quantization.map { Double($0.scales[0]) } ?? 0
    let scales = weights.stored.type.quantization?.scales ?? []
    error = ReferenceTensor(real.shape, scales.map { step * Double($0) / 2 })
  }
}

extension TensorData {
  /// Recurrent weights so small that an error does not grow from step to step: rows sum to less
  /// than 1.
  fileprivate var contracting: TensorData {
    let greatest = float32Values.map(abs).max() ?? 1
    let factor = 1 / (greatest * Float(type.shape[1]))
    return TensorData(type.shape, float32: float32Values.map { $0 * factor })
  }

  /// The numbers at least an eighth of the greatest where the operator has a pole at 0: nearer to
  /// it no scale bounds anything.
  fileprivate func withoutPoles(of operation: any Operator) -> TensorData {
    let isSingular =
      switch operation {
      case is Logarithm, is Reciprocal, is ReciprocalSquareRoot: true
      case let power as Power: power.exponent < 0
      default: false
      }
    guard isSingular, let greatest = float32Values.max() else { return self }
    return TensorData(type.shape, float32: float32Values.map { max($0, greatest / 8) })
  }
}
