// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far a float32 result may be from the reference, for each output element.
///
/// From the standard bound for n roundings in sequence, |error| ≤ n·u·Σ|terms| (Higham 2002,
/// "Accuracy and stability of numerical algorithms", section 3.1), to first order in u = 2⁻²⁴ and
/// with one rounding to spare for the higher orders. Clamps do not enlarge a difference.
func errorBounds(
  of operation: any Operator, inputs: [ReferenceTensor], output: ReferenceTensor
) -> [Double] {
  let magnitudes = inputs.map { $0.map(abs) }
  let relative = output.values.map { roundoff * abs($0) }
  switch operation {
  case is Convolution, is DepthwiseConvolution, is TransposedConvolution, is FullyConnected:
    let weights = (operation as? any PackableOperator)?.packing?.natural ?? inputs[1].shape
    return sumBounds(operation, magnitudes, depth: weights.elementCount / output.shape[-1])
  case is DenseInputGradient:
    return sumBounds(operation, magnitudes, depth: inputs[0].shape[-1])
  case is DynamicFullyConnected:
    // The sum is exact: its conversion, the scales' product, that with the sum, the bias.
    let products = unclamped(operation).reference(inputs.prefix(2).map(\.self))[0].values
    let bias = inputs.count > 2 ? magnitudes[2].values : []
    return products.enumerated().map { index, product in
      5 * roundoff * (abs(product) + (bias.isEmpty ? 0 : bias[index % bias.count]))
    }
  case let layer as ResidualLayer:
    // The layer's own error, and the roundings of the sum.
    let result = layer.layer.operation.reference(inputs.dropLast())[0]
    let bounds = errorBounds(
      of: layer.layer.operation, inputs: inputs.dropLast(), output: result)
    let residual = inputs[inputs.count - 1].values
    return bounds.indices.map {
      bounds[$0] + 2 * roundoff * (abs(result.values[$0]) + abs(residual[$0]))
    }
  case let pool as AveragePool:
    let count = pool.window.height * pool.window.width
    let means = unclamped(operation).reference(magnitudes)[0].values
    return means.map { Double(count + 2) * roundoff * $0 }
  case is BatchNormalization:
    return batchNormalizationBounds(operation, inputs, output)
  case let softmax as Softmax:
    // The exponent is off by a few roundings of itself, the sum by one for each of a lane's
    // addends and five of the tree, exp itself by less than 4 units.
    let greatest = inputs[0].values.map(abs).max() ?? 0
    let exponent = 4 * Double(softmax.beta) * 2 * greatest
    let additions = Double(inputs[0].shape[-1]) / 32 + 5
    return relative.map { (exponent + additions + 16) * $0 + 0x1p-126 }
  case let layer as LSTM: return recurrentBounds(of: layer, inputs, output: output)
  case let layer as GRU: return recurrentBounds(of: layer, inputs, output: output)
  case let resize as Resize where resize.mode == .bilinear:
    // The fraction is rounded once; three blends of three roundings each.
    let greatest = inputs[0].values.map(abs).max() ?? 0
    return output.values.map { _ in 16 * roundoff * 2 * greatest }
  case let operation as DetectionPostProcess:
    return detectionBounds(operation, inputs, output)
  case let function as any RealFunction:
    return zip(inputs[0].values, output.values).map { functionBound(function, x: $0, y: $1) }
  case is Subtract, is Add, is Multiply, is Divide, is PReLU, is Dequantize:
    // One rounding.
    return relative.map { $0 + 0x1p-126 }
  default:
    // Of the others, nothing is computed.
    return rowBounds(operation, inputs, output) ?? trainingBounds(operation, inputs, output)
      ?? relative.map { _ in 0 }
  }
}

/// A multiply and an add for each product, on top of the bias; weights that stand for reals are
/// rounded once more.
private func sumBounds(
  _ operation: any Operator, _ magnitudes: [ReferenceTensor], depth: Int
) -> [Double] {
  let sums = unclamped(operation).reference(magnitudes)[0].values
  return sums.map { Double(depth + 3) * roundoff * $0 }
}

/// Scale and shift are each rounded, and so are product and sum.
private func batchNormalizationBounds(
  _ operation: any Operator, _ inputs: [ReferenceTensor], _ output: ReferenceTensor
) -> [Double] {
  var magnitudes = inputs.map { $0.map(abs) }
  // |x| + |mean| and |scale|: means of the other sign add up.
  magnitudes[3] = magnitudes[3].map { -$0 }
  return operation.reference(magnitudes)[0].values.map { 5 * roundoff * $0 }
}

/// Classes, scores and the count are exact; an edge is the sum of a centre and half an extent.
///
/// The centre has four roundings of magnitudes up to those of encoding and anchor; half an extent
/// has three, exp itself less than 4 units and its rounded argument as many as the argument is
/// large. Half an extent is at most the larger of two opposite edges and the centre.
private func detectionBounds(
  _ operation: DetectionPostProcess, _ inputs: [ReferenceTensor], _ output: ReferenceTensor
) -> [Double] {
  let scale = Double(
    min(
      operation.scales.y, operation.scales.x, operation.scales.height, operation.scales.width))
  let code = (inputs[0].values.map(abs).max() ?? 0) / scale
  let anchor = inputs[2].values.map(abs).max() ?? 0
  let center = (code + 1) * anchor
  let edges = 4 * operation.detections * operation.classesPerBox
  return output.values.indices.map { index in
    guard index < edges else { return 0 }
    // top, left, bottom, right: the opposite edge is two further on, or back.
    let extent = abs(output.values[index]) + abs(output.values[index ^ 2]) + center
    return roundoff * (5 * center + (code + 9) * extent)
  }
}

func unclamped(_ operation: any Operator) -> any Operator {
  switch operation {
  case var convolution as Convolution:
    convolution.activation = .none
    return convolution
  case var convolution as DepthwiseConvolution:
    convolution.activation = .none
    return convolution
  case var convolution as TransposedConvolution:
    convolution.activation = .none
    return convolution
  case var layer as FullyConnected:
    layer.activation = .none
    return layer
  case var layer as DynamicFullyConnected:
    layer.activation = .none
    return layer
  case var affine as Affine:
    affine.activation = .none
    return affine
  case var pool as AveragePool:
    pool.activation = .none
    return pool
  default: return operation
  }
}
