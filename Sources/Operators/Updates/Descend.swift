// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// A step of gradient descent: `y = keep · w − rate · g`.
///
/// Inputs: w and g of one shape, and `[keep, rate]`, which a schedule may change from step to step;
/// keep is 1, or less with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).
/// Float32 only.
package struct Descend: Operator, Hashable {
  package static let name = "Descend"
  package static let spellings: [Spelling] = []
  package static let inputCount = 3...3
  package static let quantization = QuantizationRule.floatOnly

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try checkFloats(inputs, whole: 2, extent: 2)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (keep, rate) = (inputs[2].values[0], inputs[2].values[1])
    let values = zip(inputs[0].values, inputs[1].values).map { keep * $0 - rate * $1 }
    return [ReferenceTensor(inputs[0].shape, values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let contract = node.contract(
      fma: .UK_CONTRACT_f32_descend_fma, muladd: .UK_CONTRACT_f32_descend_muladd)
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return node.step(contract, matrix.parameters, overwritable: 2)
  }
}

// MARK: - Samples

extension Descend {
  package static let samples: [Sample] = [
    Sample(
      "float32", Descend(),
      [.variable(.float([5, 67])), .variable(.float([5, 67])), .variable(.float([2]), 0...1)])
  ]
}
