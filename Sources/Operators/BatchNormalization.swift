// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Normalisation by stored statistics: `y = (x − mean) / √(variance + epsilon) · scale + bias`.
///
/// Inputs: x `[…, C]`, then scale, bias, mean, variance, each `[C]`. Float32 only; the statistics
/// are folded to a multiply-add per channel at compile time. Source: Ioffe and Szegedy 2015,
/// arXiv:1502.03167, algorithm 2.
package struct BatchNormalization: Operator, Hashable {
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

  package init(epsilon: Float = 1e-5) { self.epsilon = epsilon }

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

// MARK: - Samples

extension BatchNormalization {
  package static let samples: [Sample] = [
    Sample(
      "float32", BatchNormalization(epsilon: 1e-3),
      [
        .variable(.float([2, 3, 21])), .constant(.float([21])), .constant(.float([21])),
        .constant(.float([21])), .constant(.float([21]), 0.5...2),
      ])
  ]
}
