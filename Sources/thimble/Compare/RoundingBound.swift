// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far rounding in float32 can move what one operator gives, for each element.
///
/// Sums of products have the standard bound, |error| ≤ n·u·Σ|terms| for n roundings in any order
/// (Higham 2002, "Accuracy and stability of numerical algorithms", section 3.1), to first order in
/// u = 2⁻²⁴. For the rest the bound is k·u times what a relative change of the inputs does to the
/// outputs, measured in `Double`: the backward error of k roundings. It is an estimate where an
/// operator is not a sum: a few times what happens, far below what a wrong weight does.
struct RoundingBound {
  let operation: any Operator
  /// The operands.
  let inputs: [ReferenceTensor]
  /// For each operand how far it may be off; `nil` where it is exact.
  let inputErrors: [[Double]?]
  let output: ReferenceTensor
  /// Which of the operator's outputs that is.
  let outputIndex: Int
  /// Roundings that reading the operands adds: 1 when they were rounded to float32 on one side.
  let extraRoundings: Double

  /// The bound for each element of a float output.
  var values: [Double] {
    isContraction ? contraction : other
  }

  /// What errors of the operands do to each element, when nothing is rounded on the way.
  var carried: [Double] {
    if inputErrors.allSatisfy({ $0 == nil }) { return output.values.map { _ in 0 } }
    return isContraction ? contractedErrors : carriedErrors
  }

  private var isContraction: Bool {
    layer is Convolution || layer is DepthwiseConvolution || layer is TransposedConvolution
      || layer is FullyConnected || layer is DynamicFullyConnected || isProduct
  }

  /// Whether both operands are factors.
  private var isProduct: Bool { layer is MatMul || isWeightGradient }

  private var isWeightGradient: Bool {
    layer is DenseWeightGradient || layer is ConvolutionWeightGradient
      || layer is DepthwiseWeightGradient
  }

  /// The operator without the residual that it may add to its result.
  private var layer: any Operator { (operation as? ResidualLayer)?.layer.operation ?? operation }

  private var layerInputs: [ReferenceTensor] {
    operation is ResidualLayer ? Array(inputs.dropLast()) : inputs
  }

  // MARK: - Sums of products

  /// The terms of a sum: taps and channels; of a gradient of weights, output pixels.
  private var depth: Double {
    if layer is MatMul { return Double(inputs[0].shape[-1]) }
    let columns = isWeightGradient ? inputs[1].shape[-1] : output.shape[-1]
    let weights = (layer as? any PackableOperator)?.packing?.natural ?? inputs[1].shape
    return Double(weights.elementCount / max(columns, 1))
  }

  /// A multiply and an add for each of them, on top of the bias; then the residual.
  private var contraction: [Double] {
    let sums = layer.unclamped.reference(layerInputs.map { $0.map(abs) })[0].values
    var bounds = zip(sums, contractedErrors).map {
      (depth + 2 + extraRoundings) * roundoff * $0 + $1
    }
    if operation is ResidualLayer, let residual = inputs.last {
      for index in bounds.indices {
        bounds[index] +=
          roundoff * (1 + extraRoundings) * (sums[index] + abs(residual.values[index]))
      }
    }
    return bounds
  }

  private var contractedErrors: [Double] {
    var carried = [Double](repeating: 0, count: output.values.count)
    for factor in 0..<(isProduct ? 2 : 1) {
      guard let errors = inputErrors[factor] else { continue }
      var operands = inputs[..<2].map { $0.map(abs) }
      operands[factor] = ReferenceTensor(inputs[factor].shape, withSteps(errors))
      for (index, error) in layer.unrounded.reference(operands)[0].values.enumerated() {
        carried[index] += error
      }
    }
    if operation is ResidualLayer, let errors = inputErrors.last ?? nil {
      for index in carried.indices { carried[index] += errors[index] }
    }
    return carried
  }

  /// Errors of a layer's input, with what they do to its rounding where it rounds its rows: another
  /// level, and all levels a little as the greatest moves.
  private func withSteps(_ errors: [Double]) -> [Double] {
    guard let layer = layer as? DynamicFullyConnected else { return errors }
    let depth = inputs[0].shape[-1]
    let steps = layer.roundedRows(inputs[0]).map(\.step)
    return errors.indices.map { index in
      let row = index / depth
      let greatest = errors[row * depth..<(row + 1) * depth].max() ?? 0
      return greatest == 0 ? 0 : errors[index] + greatest + steps[row]
    }
  }

  // MARK: - The rest

  /// How many times as much as two random changes of all operands do is allowed for.
  ///
  /// What is carried on has this slack already: once more at each node of a chain would leave
  /// nothing to find.
  private static let changeMargin = 4.0

  private var other: [Double] {
    if isMove { return carried }
    let changes = sensitivity { tensor, index in tensor.values[index] }
    // Approximations of exp, tanh and erf are good to a few units of the tensor's scale, or of the
    // function's: far from 0 a run time's sigmoid may be off by a part of 1, not of e^x.
    let scale = output.values.reduce(approximationScale) { $1.isFinite ? max($0, abs($1)) : $0 }
    return zip(carried, output.values.indices).map { carried, index in
      let size = Self.changeMargin * changes[index] + finite(output.values[index])
      return carried + roundings * roundoff * size + 8 * roundoff * scale
    }
  }

  /// What a function's values run up to, where its approximations are made to be good for that.
  private var approximationScale: Double {
    operation is Sigmoid || operation is Tanh || operation is Erf ? 1 : 0
  }

  /// The elements of a sum, if it is one, and a few roundings for what comes before and behind.
  private var roundings: Double {
    if operation is any ElementwiseOperator { return 16 + extraRoundings }
    let elements = inputs.map(\.shape.elementCount).max() ?? 1
    let reduced = Double(elements) / Double(max(output.shape.elementCount, 1))
    let rows = inputs.reduce(0) { $0 + Double($1.shape.extents.last ?? 1) }
    return 16 + reduced + rows + extraRoundings
  }

  /// Whether outputs are inputs, moved: nothing is rounded.
  var isMove: Bool {
    switch operation {
    case is any MovingOperator, is Pad, is MaxPool, is Clamp, is Maximum, is Minimum: true
    case let resize as Resize: resize.mode != .bilinear
    default: false
    }
  }

  /// The change of the outputs over the relative change of all inputs.
  private func sensitivity(_ unit: (ReferenceTensor, Int) -> Double) -> [Double] {
    let step = 0x1p-12
    return largestChange { input, index in step * unit(inputs[input], index) }.map { $0 / step }
  }

  private var carriedErrors: [Double] {
    largestChange { input, index in inputErrors[input]?[index] ?? 0 }
  }

  /// The larger change of two trials, in each of which every element moves by its step up or down.
  private func largestChange(_ step: (Int, Int) -> Double) -> [Double] {
    var generator = SplitMix64(seed: 1)
    let centre = operation.reference(inputs)[outputIndex].values
    var changes = [Double](repeating: 0, count: output.values.count)
    guard centre.count == changes.count else { return changes }
    for _ in 0..<2 {
      let moved = inputs.indices.map { input in
        var tensor = inputs[input]
        for index in tensor.values.indices {
          let sign: Double = generator.next() & 1 == 0 ? -1 : 1
          let change = step(input, index)
          if change.isFinite { tensor.values[index] += sign * change }
        }
        return tensor
      }
      let result = operation.reference(moved)[outputIndex].values
      for index in changes.indices {
        let change = abs(result[index] - centre[index])
        if change.isFinite { changes[index] = max(changes[index], change) }
      }
    }
    return changes
  }

  private func finite(_ value: Double) -> Double { value.isFinite ? abs(value) : 0 }
}

extension Operator {
  /// The same without its fused clamp, which does not enlarge differences.
  fileprivate var unclamped: any Operator {
    switch self {
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
    default: return self
    }
  }

  /// The same without its clamp and without the rounding of its input.
  fileprivate var unrounded: any Operator {
    self is DynamicFullyConnected ? FullyConnected() : unclamped
  }
}
