// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far an integer result may be from the float one, but for the half step that storing it
/// costs.
struct IntegerErrorBound {
  /// What roundings of the inputs become.
  var carried: [Double]

  /// What the rule's own arithmetic in float32 adds.
  var arithmetic: [Double]

  /// Whether the result is rounded to its steps, and not only moved.
  var isRounded = true

  /// What the result lies in whatever the inputs; otherwise the reference and its error tell.
  var range: ClosedRange<Double>?

  /// The operator with the scales that it holds itself.
  var operation: any Operator
}

/// The bound of an operator that has an integer form; `nil` for one that none is derived for.
///
/// With x off by at most dx, a function of Lipschitz constant L is off by L·dx, and a sum of
/// products by Σ|w|·dx + Σ|x|·dw + Σdx·dw + db, each half a step of its operand.
/// Clamps do not enlarge a difference: limits are rounded as what they limit is.
func integerErrorBound(_ sample: IntegerSample) -> IntegerErrorBound? {
  let (operation, operands, y) = (sample.operation, sample.operands, sample.reference)
  let errors = operands.map(\.error)
  let magnitudes = operands.map { $0.real.map(abs) }
  func bound(
    _ carried: [Double], roundings: Double, of terms: [Double]? = nil, isRounded: Bool = true
  ) -> IntegerErrorBound {
    // Terms are off themselves.
    let terms = zip(terms ?? y.values.map(abs), carried).map(+)
    return IntegerErrorBound(
      carried: carried, arithmetic: terms.map { roundings * roundoff * $0 }, isRounded: isRounded,
      operation: operation)
  }
  switch operation {
  case is any WeightedOperator:
    let sum = unclamped(operation)
    // The sum as a float, the multiplier, their product.
    return bound(
      layerErrors(sum, magnitudes, errors), roundings: 4, of: sum.reference(magnitudes)[0].values)
  case let layer as ResidualLayer: return residualBound(layer, sample)
  case let layer as LSTM: return recurrentBound(layer, sample)
  case is Add, is Subtract:
    // Two multipliers, two products, the sum.
    return bound(
      Add().reference(errors)[0].values, roundings: 4, of: Add().reference(magnitudes)[0].values)
  case is Multiply: return bound(bilinear(Multiply(), magnitudes, errors), roundings: 4)
  case is MatMul:
    return bound(
      bilinear(operation, magnitudes, errors), roundings: 4,
      of: operation.reference(magnitudes)[0].values)
  case is AveragePool:
    let pool = unclamped(operation)
    return bound(
      pool.reference(errors)[0].values, roundings: 6, of: pool.reference(magnitudes)[0].values)
  case let reduce as Reduce:
    guard [.sum, .mean, .maximum, .minimum].contains(reduce.kind) else { return nil }
    return bound(
      reduce.reference(errors)[0].values, roundings: 4,
      of: reduce.reference(magnitudes)[0].values)
  case let softmax as Softmax:
    // Each power and the sum of all are off by a factor within e^(±beta·dx).
    let exponent = 2 * Double(softmax.beta) * errors[0].values[0]
    return bound(
      y.values.map { $0 * (exponential(exponent) - 1) },
      roundings: Double(y.shape[-1]) / 32 + 16)
  case let resize as Resize where resize.mode == .bilinear:
    // A mean with weights, of three blends of three roundings; the fractions are rounded once.
    let greatest = magnitudes[0].values.max() ?? 0
    return bound(
      y.values.map { _ in errors[0].values[0] }, roundings: 16, of: y.values.map { _ in greatest })
  case is Concatenation, is Expand, is Gather, is GatherND, is MaxPool, is Maximum, is Minimum,
    is Pad, is Reshape, is Resize, is Select, is Slice, is Transpose:
    // Each element is one of the inputs', all of one scale.
    let half = errors.flatMap(\.values).max() ?? 0
    return bound(y.values.map { _ in half }, roundings: 0, isRounded: false)
  default:
    return functionErrors(operation, operands).map { bound($0, roundings: 0) }
  }
}

/// The errors of a layer's sums, with the bias's.
private func layerErrors(
  _ sum: any Operator, _ magnitudes: [ReferenceTensor], _ errors: [ReferenceTensor]
) -> [Double] {
  let products = bilinear(sum, Array(magnitudes.prefix(2)), Array(errors.prefix(2)))
  guard errors.count > 2 else { return products }
  let bias = errors[2].values
  return products.indices.map { products[$0] + bias[$0 % bias.count] }
}

/// Σ|a|·db + Σ|b|·da + Σda·db of an operator that is linear in each of two inputs.
private func bilinear(
  _ operation: any Operator, _ magnitudes: [ReferenceTensor], _ errors: [ReferenceTensor]
) -> [Double] {
  let terms = [
    [magnitudes[0], errors[1]], [errors[0], magnitudes[1]], [errors[0], errors[1]],
  ].map { operation.reference($0)[0].values }
  return terms[0].indices.map { terms[0][$0] + terms[1][$0] + terms[2][$0] }
}

/// The layer's own error, with the step that its result is stored in; then that of a sum.
private func residualBound(_ layer: ResidualLayer, _ sample: IntegerSample) -> IntegerErrorBound? {
  let count = sample.operands.count - 1
  let inner = sample.part(layer.layer.operation, ..<count)
  guard let own = integerErrorBound(inner) else { return nil }
  let result = inner.reference
  let sum = QuantizationParameters(levelsOver: own.range(around: result))
  let half = Double(sum.scales[0]) / 2
  let residual = sample.operands[count]
  var operation = layer
  operation.sum = sum
  var bound = IntegerErrorBound(carried: [], arithmetic: [], operation: operation)
  for index in result.values.indices {
    let carried = own.carried[index] + own.arithmetic[index] + half + residual.error.values[index]
    bound.carried.append(carried)
    bound.arithmetic.append(
      4 * roundoff * (abs(result.values[index]) + abs(residual.real.values[index]) + carried))
  }
  return bound
}

extension IntegerErrorBound {
  /// All that a result may be.
  func range(around y: ReferenceTensor) -> ClosedRange<Double> {
    if let range { return range }
    let errors = zip(carried, arithmetic).map(+)
    return OperatorsTests.range(
      of: zip(y.values, errors).map { $0 - $1 } + zip(y.values, errors).map { $0 + $1 })
  }
}
