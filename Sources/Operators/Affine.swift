// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A multiply-add of each channel: `y = clamp(x · scale[c] + shift[c])`.
///
/// Inputs: x `[…, C]`, scale and shift `[C]`. Float32 only; `BatchNormalization` is expanded to it.
package struct Affine: Operator, Hashable {
  package static let name = "Affine"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...3
  package static let quantization = QuantizationRule.floatOnly

  package var activation: ActivationRange

  package init(activation: ActivationRange = .none) { self.activation = activation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 1, leastRank: 1)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    var y = inputs[0]
    let (scale, shift) = (inputs[1].values, inputs[2].values)
    for index in y.values.indices {
      let c = index % scale.count
      y.values[index] = activation(y.values[index] * scale[c] + shift[c])
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let matrix = MatrixView(channelsOf: node.inputs[0].shape)
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_affine_clamp_fma, muladd: .UK_CONTRACT_f32_affine_clamp_muladd)
    let parameters = uk_f32_unary_parameters(
      rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: activation.min,
      max: activation.max)
    return node.step(
      contract, parameters, overwritable: 1, macCount: node.inputs[0].shape.elementCount)
  }
}

// MARK: - Gradient

extension Affine: DifferentiableOperator {
  package func gradient(
    _ node: DifferentiatedNode, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value?] {
    let dz = try builder.clampGradient(node.outputGradient, of: node.outputs[0], activation)
    return try node.each { (input) throws(OperatorError) in
      switch input {
      case 0: return try builder.product(dz, node.inputs[1])
      case 1:
        let zeros = builder.vector(builder.shape(of: dz)[-1], of: 0)
        return try builder.joinedBlocks(
          try builder.apply(BlockProducts(), [dz, node.inputs[0], zeros]))
      default: return try builder.sumOfRows(dz)
      }
    }
  }
}

// MARK: - Samples

extension Affine {
  package static let samples: [Sample] = [
    Sample(
      "float32", Affine(),
      [.variable(.float([2, 3, 21])), .variable(.float([21])), .variable(.float([21]))]),
    Sample(
      "float32, relu", Affine(activation: .relu),
      [.variable(.float([300, 5])), .constant(.float([5])), .variable(.float([5]))]),
  ]
}
