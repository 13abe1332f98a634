// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Bounds of what only training computes, in units of the roundoff u = 2⁻²⁴, to first order, with a
// rounding to spare for the higher orders.

private let roundoff = 0x1p-24

/// The bounds of a gradient or an update; `nil` for the others.
func trainingBounds(
  _ operation: any Operator, _ inputs: [ReferenceTensor], _ output: ReferenceTensor
) -> [Double]? {
  let magnitudes = inputs.map { $0.map(abs) }
  /// `roundings` of every term, all of which are added up.
  func bounds(_ roundings: Int, of terms: ReferenceTensor) -> [Double] {
    terms.values.map { Double(roundings) * roundoff * $0 + 0x1p-126 }
  }
  let rows = inputs[0].shape.elementCount / (inputs[0].shape.extents.last ?? 1)
  let additions = min(rows, 256)
  switch operation {
  case is DenseWeightGradient, is ConvolutionWeightGradient, is DepthwiseWeightGradient:
    // A product and a sum for each row of a block, and a sum for each level of the blocks' tree.
    let pixels = inputs[1].shape.elementCount / inputs[1].shape[-1]
    let levels = Int.bitWidth - ((pixels - 1) / 256).leadingZeroBitCount
    return bounds(min(pixels, 256) + levels + 2, of: operation.reference(magnitudes)[0])
  case let gradient as DepthwiseInputGradient:
    // A product and a sum for each tap.
    let weights = gradient.packing?.natural ?? inputs[1].shape
    return bounds(weights[0] * weights[1] + 2, of: gradient.reference(magnitudes)[0])
  case let gradient as MaxPoolGradient:
    // A sum for each window that a pixel is in.
    let windows = (gradient.window.height, gradient.window.width)
    return bounds(windows.0 * windows.1, of: gradient.reference([inputs[0], magnitudes[1]])[0])
  case is GatherGradient:
    return bounds(inputs[1].values.count, of: operation.reference([magnitudes[0], inputs[1]])[0])
  case is BlockSums:
    return bounds(additions + 1, of: operation.reference(magnitudes)[0])
  case is BlockProducts, is BlockSquares:
    // The difference, the product and, twice for a square, what the difference was off.
    return bounds(additions + 5, of: operation.reference(apart(magnitudes))[0])
  case let join as JoinBlocks:
    let levels = Int.bitWidth - (inputs[0].shape[0] - 1).leadingZeroBitCount
    return bounds(
      levels + 2, of: JoinBlocks(factor: abs(join.factor)).reference(magnitudes)[0])
  case is Affine: return bounds(3, of: unclamped(operation).reference(magnitudes)[0])
  case is AffinePair: return bounds(5, of: operation.reference(magnitudes)[0])
  case let blend as Blend:
    return bounds(4, of: Blend(abs(blend.a), abs(blend.b)).reference(magnitudes)[0])
  case let blend as BlendSquare:
    return bounds(5, of: BlendSquare(abs(blend.a), abs(blend.b)).reference(magnitudes)[0])
  case is Descend:
    return bounds(4, of: operation.reference(subtracted(magnitudes))[0])
  case is DescendScaled:
    // Root, product, sum, quotient, and the multiply-add: what is divided by has one sign.
    return bounds(8, of: operation.reference(subtracted(magnitudes))[0])
  case is Dropout: return bounds(1, of: output.map(abs))
  case is SoftmaxGradient: return softmaxGradientBounds(magnitudes)
  case let gradient as NormalizationGradient:
    return normalizationGradientBounds(gradient, inputs)
  case let gradient as MapGradient: return mapGradientBounds(gradient, inputs, output)
  default: return lossBounds(operation, inputs)
  }
}

/// The center, the last input, on the other side of 0, so that differences are sums.
private func apart(_ magnitudes: [ReferenceTensor]) -> [ReferenceTensor] {
  magnitudes.dropLast() + magnitudes.suffix(1).map { $0.map { -$0 } }
}

/// The rate, element 1 of the last input, negative, so that its product is added.
private func subtracted(_ magnitudes: [ReferenceTensor]) -> [ReferenceTensor] {
  var magnitudes = magnitudes
  magnitudes[magnitudes.count - 1].values[1] *= -1
  return magnitudes
}

/// The roundings that an element goes through in a sum along a row: those of its lane, five of the
/// tree, and two to spare for a product or quotient and the higher orders.
private func roundings(_ count: Int) -> Double { Double(count) / 32 + 8 }

/// The sum is off by its roundings; difference and product each by one.
private func softmaxGradientBounds(_ magnitudes: [ReferenceTensor]) -> [Double] {
  let (y, dy) = (magnitudes[0].values, magnitudes[1].values)
  let columns = magnitudes[0].shape[-1]
  return y.indices.map { index in
    let row = index / columns * columns
    let sum = (row..<row + columns).reduce(0) { $0 + y[$1] * dy[$1] }
    return y[index] * roundoff * (roundings(columns) * sum + 3 * (dy[index] + sum)) + 0x1p-126
  }
}

/// From the error of the mean to that of n, of the two sums, and of the result.
///
/// n is off by what the mean is, and by what its factor is: the roundings of the variance, and
/// twice what the mean is off. The sums are off by their own roundings, that of g·n also by what n
/// is.
private func normalizationGradientBounds(
  _ gradient: NormalizationGradient, _ inputs: [ReferenceTensor]
) -> [Double] {
  let columns = inputs[0].shape[-1]
  let count = roundings(columns) * roundoff
  func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(columns) }
  return stride(from: 0, to: inputs[0].values.count, by: columns).flatMap { row -> [Double] in
    let x = Array(inputs[0].values[row..<row + columns])
    let center = gradient.isCentered ? mean(x) : 0
    let variance = mean(x.map { ($0 - center) * ($0 - center) })
    let deviation = (variance + Double(gradient.epsilon)).squareRoot()
    let shift = gradient.isCentered ? count * (x.map(abs).max() ?? 0) / deviation : 0
    let factor = 2 * shift + count + 6 * roundoff
    let n = x.map { abs($0 - center) / deviation }
    let normal = n.map { shift + $0 * factor }
    let g = (0..<columns).map { abs(inputs[1].values[row + $0] * inputs[2].values[$0]) }
    let a = gradient.isCentered ? mean(g) : 0
    let b = mean(zip(g, n).map { $0 * $1 })
    let product = count * b + mean(zip(g, normal).map { $0 * $1 })
    return (0..<columns).map { c in
      let terms = g[c] + a + n[c] * b
      return
        (count * a + normal[c] * b + n[c] * product + (5 * roundoff + factor) * terms) / deviation
        + 0x1p-126
    }
  }
}

/// What the derivative is off, and one rounding; results below 2⁻¹²⁰ are nothing, for eˣ ends at
/// 2⁻¹²⁶, and neither are those below |x| times as much, where x is a factor.
private func mapGradientBounds(
  _ gradient: MapGradient, _ inputs: [ReferenceTensor], _ output: ReferenceTensor
) -> [Double] {
  output.values.indices.map { index in
    let (dy, x) = (abs(inputs[0].values[index]), inputs[1].values[index])
    let slope = gradient.derivativeBound(x)
    return dy * (roundoff * slope + 0x1p-120 * max(abs(x), 1))
      + 2 * roundoff * abs(output.values[index])
  }
}
