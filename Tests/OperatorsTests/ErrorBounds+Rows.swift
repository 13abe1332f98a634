// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Bounds of what sums over rows, in units of the roundoff u = 2⁻²⁴, to first order.

private let roundoff = 0x1p-24

/// The roundings that an element goes through in a sum of `count`: those of its lane, five of the
/// tree, and two to spare for a product or quotient and the higher orders.
private func roundings(_ count: Int) -> Double { Double(count) / 32 + 8 }

/// The bounds of an operator that sums over rows; `nil` for the others.
func rowBounds(
  _ operation: any Operator, _ inputs: [ReferenceTensor], _ output: ReferenceTensor
) -> [Double]? {
  switch operation {
  case let reduce as Reduce: reductionBounds(reduce, inputs[0], output)
  case let layer as LayerNormalization:
    normalizationBounds(inputs, output, epsilon: layer.epsilon, isCentered: true)
  case let rms as RMSNormalization:
    normalizationBounds(inputs, output, epsilon: rms.epsilon, isCentered: false)
  case let product as MatMul: matrixBounds(product, inputs)
  case let attention as Attention: attentionBounds(attention, inputs)
  default: nil
  }
}

private func reductionBounds(
  _ reduce: Reduce, _ x: ReferenceTensor, _ output: ReferenceTensor
) -> [Double] {
  let count = x.shape.elementCount / output.shape.elementCount
  switch reduce.kind {
  case .maximum, .minimum: return output.values.map { _ in 0 }
  case .product:
    return output.values.map { Double(count + 1) * roundoff * abs($0) + 0x1p-126 }
  case .sum, .mean, .sumOfSquares:
    return reduce.reference([x.map(abs)])[0].values.map { roundings(count) * roundoff * $0 }
  }
}

/// The mean is off by the roundings of its sum, so x − mean by as much; that enters the result
/// itself and, at most twice, the deviation it is divided by.
private func normalizationBounds(
  _ inputs: [ReferenceTensor], _ output: ReferenceTensor, epsilon: Float, isCentered: Bool
) -> [Double] {
  let columns = output.shape[-1]
  let count = roundings(columns)
  return output.values.indices.map { index in
    let row = index / columns * columns
    let x = inputs[0].values[row..<row + columns]
    let mean = isCentered ? x.reduce(0, +) / Double(columns) : 0
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(columns)
    let deviation = (variance + Double(epsilon)).squareRoot()
    let shift = isCentered ? count * roundoff * (x.map(abs).max() ?? 0) / deviation : 0
    let scale = abs(inputs[1].values[index % columns])
    let normal = abs(x[index] - mean) / deviation
    let bias = inputs.count > 2 ? abs(inputs[2].values[index % columns]) : 0
    return scale * (shift * (1 + 2 * normal) + (count + 6) * roundoff * normal)
      + 2 * roundoff * bias
  }
}

/// A multiply and an add for each k.
private func matrixBounds(_ operation: MatMul, _ inputs: [ReferenceTensor]) -> [Double] {
  let depth = inputs[0].shape[-1]
  return operation.reference(inputs.map { $0.map(abs) })[0].values.map {
    Double(depth + 2) * roundoff * $0
  }
}

/// From the error of a score to that of a weight to that of the sum.
///
/// A score is off by its dot product's roundings and one of the mask. The exponential turns that,
/// and its own argument's roundings, into a relative error of each weight, which is at most 1.
private func attentionBounds(_ attention: Attention, _ inputs: [ReferenceTensor]) -> [Double] {
  func greatest(_ input: Int) -> Double {
    inputs.count > input ? inputs[input].values.map(abs).filter(\.isFinite).max() ?? 0 : 0
  }
  let depth = inputs[0].shape[3]
  let keys = inputs[1].shape[attention.rowsFirst.contains(.key) ? 1 : 2]
  let score =
    Double(depth) * greatest(0) * greatest(1) * Double(abs(attention.scale)) + greatest(3)
  let exponent = Double(depth + 8) * roundoff * score
  let weight = min(exponential(2 * exponent) - 1 + (roundings(keys) + 16) * roundoff, 1)
  let bound = 2 * greatest(2) * (weight + Double(keys + 2) * roundoff)
  return attention.reference(inputs)[0].values.map { _ in bound }
}
