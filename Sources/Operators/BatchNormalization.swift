// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Normalisation of channels: `y = (x − mean) / √(variance + epsilon) · scale + bias`.
///
/// Inputs: x `[…, C]`, then scale, bias, mean, variance, each `[C]`. Float32 only. Constants are
/// folded to a multiply-add per channel at compile time; what is trained is expanded to `Affine`.
/// Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2.
package struct BatchNormalization: CompositeOperator, Hashable {
  package static let name = "BatchNormalization"
  package static let spellings: [Spelling] = [
    .onnx("BatchNormalization", since: 7) { node throws(OperatorError) in
      try node.require("spatial", 1)
      try node.require("training_mode", 0)
      var inputs = [try node.channelsLast(try node.input(0))]
      for index in 1...4 { inputs.append(try node.input(index)) }
      let epsilon = try node.attributes.float("epsilon", default: 1e-5)
      let y = try node.apply(BatchNormalization(epsilon: epsilon), inputs)
      return [try node.channelsSecond(y)]
    }
  ]
  package static let inputCount = 5...5
  package static let quantization = QuantizationRule.floatOnly

  /// Added to the variance; in its units.
  package var epsilon: Float

  /// Whether mean and variance are those of x, what `GraphBuilder.batchStatistics` computes, and
  /// not stored ones: the gradient of x then includes what x changes in them.
  package var usesBatchStatistics: Bool

  package init(epsilon: Float = 1e-5, usesBatchStatistics: Bool = false) {
    self.epsilon = epsilon
    self.usesBatchStatistics = usesBatchStatistics
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    for (index, input) in inputs.enumerated() {
      try input.check(dtype: .float32, input: index)
      if index > 0 { try input.check(extents: [inputs[0].shape[-1]], input: index) }
    }
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var y = inputs[0]
    let (scale, bias) = (inputs[1].values, inputs[2].values)
    let (mean, variance) = (inputs[3].values, inputs[4].values)
    for index in y.values.indices {
      let c = index % scale.count
      let deviation = (variance[c] + Double(epsilon)).squareRoot()
      y.values[index] = (y.values[index] - mean[c]) / deviation * scale[c] + bias[c]
    }
    return [y]
  }

  /// The multiplier and addend of each channel that mean the same: `y = x · scale + shift`.
  package func affine(
    scale: TensorData, bias: TensorData, mean: TensorData, variance: TensorData
  ) -> (scale: [Double], shift: [Double]) {
    let scales = zip(scale.storedValues, variance.storedValues).map { scale, variance in
      scale / (variance + Double(epsilon)).squareRoot()
    }
    let means = zip(mean.storedValues, scales).map { $0 * $1 }
    return (scales, zip(bias.storedValues, means).map { $0 - $1 })
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    guard node.constants.dropFirst().allSatisfy({ $0 != nil }) else { throw .notExpanded }
    let affine = affine(
      scale: try node.constant(1), bias: try node.constant(2), mean: try node.constant(3),
      variance: try node.constant(4))
    let matrix = MatrixView(channelsOf: node.inputs[0].shape)
    let contract: uk_contract =
      switch node.floatClass {
      case .fma: .UK_CONTRACT_f32_affine_clamp_fma
      case .muladd: .UK_CONTRACT_f32_affine_clamp_muladd
      }
    return .step(
      KernelRequest(
        contract,
        parameters: uk_f32_unary_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: -.infinity,
          max: .infinity),
        operands: [
          .input(0), .columns(affine.scale.map { Float($0) }, .float32),
          .columns(affine.shift.map { Float($0) }, .float32), .output(0),
        ],
        overwritableInputs: [0], macCount: node.inputs[0].shape.elementCount))
  }
}

// MARK: - Expansion

extension BatchNormalization {
  package func expanded(
    _ inputs: [Value], _ builder: inout GraphBuilder, name: String
  ) throws(OperatorError) -> [Value]? {
    guard !inputs.dropFirst().allSatisfy({ builder.isFoldable($0) }) else { return nil }
    let scale = try builder.product(inputs[1], try inverseDeviation(inputs[4], &builder))
    let shift = try builder.difference(inputs[2], try builder.product(inputs[3], scale))
    return [try builder.apply(Affine(), [inputs[0], scale, shift], name: name)]
  }

  /// `1 / √(variance + epsilon)`.
  private func inverseDeviation(
    _ variance: Value, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    try builder.apply(
      ReciprocalSquareRoot(), [try builder.sum(variance, builder.scalar(epsilon))])
  }
}

extension GraphBuilder {
  /// Mean and variance of each channel of `[…, C]` over all rows, which it is divided by.
  package mutating func batchStatistics(
    of x: Value
  ) throws(OperatorError) -> (mean: Value, variance: Value) {
    let shape = shape(of: x)
    let factor = Float(1 / Double(shape.elementCount / shape[-1]))
    let mean = try sumOfRows(x, factor: factor)
    let squares = try apply(BlockSquares(), [x, mean])
    return (mean, try joinedBlocks(squares, factor: factor))
  }
}

// MARK: - Gradient

extension BatchNormalization: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let (x, mean, dy) = (node.inputs[0], node.inputs[3], node.outputGradient)
    let inverse = try inverseDeviation(node.inputs[4], &builder)
    let scale = try builder.product(node.inputs[1], inverse)
    guard usesBatchStatistics || (1...4).contains(where: { node.wants($0) }) else {
      return [try builder.product(dy, scale), nil, nil, nil, nil]
    }
    let sum = try builder.sumOfRows(dy)
    let products = try builder.joinedBlocks(
      try builder.apply(BlockProducts(), [dy, x, mean]))
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0 where usesBatchStatistics:
        return try throughStatistics(
          dy, x, mean, (scale, inverse), sums: (sum, products), &builder)
      case 0: return try builder.product(dy, scale)
      case 1: return try builder.product(products, inverse)
      case 2: return sum
      case _ where usesBatchStatistics: return nil
      case 3: return try builder.negated(try builder.product(scale, sum))
      default:
        let slope = try builder.product(scale, try builder.product(inverse, inverse))
        return try builder.scaled(try builder.product(slope, products), by: -0.5)
      }
    }
  }

  /// The gradient of x, also by its mean and variance.
  ///
  /// With B = Σ dy, S = Σ dy · (x − mean), the inverse deviation i and a = scale · i, over N rows:
  ///
  ///     dx = a · dy + b · x + d,  b = −a · i² · S / N,  d = −a · B / N − b · mean
  ///
  /// Ioffe and Szegedy 2015, section 3, with the terms of x and of constants collected.
  private func throughStatistics(
    _ dy: Value, _ x: Value, _ mean: Value, _ factors: (scale: Value, inverse: Value),
    sums: (gradients: Value, products: Value), _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let shape = builder.shape(of: x)
    let part = try builder.scaled(
      factors.scale, by: Float(-1 / Double(shape.elementCount / shape[-1])))
    let square = try builder.product(factors.inverse, factors.inverse)
    let b = try builder.product(try builder.product(part, square), sums.products)
    let d = try builder.difference(
      try builder.product(part, sums.gradients), try builder.product(b, mean))
    return try builder.apply(AffinePair(), [dy, x, factors.scale, b, d])
  }
}

// MARK: - Training

extension BatchNormalization: ParametricOperator {
  package static let parameters: [ParameterInput] = [.init(1, .scale), .init(2, .bias)]
}

// MARK: - Samples

extension BatchNormalization {
  package static let samples: [Sample] = [
    Sample(
      "float32", BatchNormalization(epsilon: 1e-3),
      [
        .variable(.float([2, 3, 21])), .constant(.float([21])), .constant(.float([21])),
        .constant(.float([21])), .constant(.float([21]), 0.5...2),
      ]),
    Sample(
      "float32, trained", BatchNormalization(),
      [
        .variable(.float([300, 5])), .variable(.float([5])), .variable(.float([5])),
        .constant(.float([5])), .constant(.float([5]), 0.5...2),
      ]),
  ]
}
