// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import TensorCore

/// Limits every element to a range: ReLU, ReLU6, Clip.
///
/// Any shape; float32 or int8. NaN becomes the lower bound.
package struct Clamp: Operator, Hashable {
  package static let name = "Clamp"
  package static let spellings: [Spelling] = []
  package static let samples: [Sample] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.freeOutputScale

  package var range: ActivationRange

  package init(range: ActivationRange) { self.range = range }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [inputs[0].map { range($0) }]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    if try node.isQuantized() { return try node.lookup { range($0) } }
    let matrix = MatrixView(elementsOf: node.inputs[0].shape)
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_clamp,
        parameters: uk_f32_unary_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: range.min,
          max: range.max),
        operands: [.input(0), .output(0)], overwritableInputs: [0]))
  }
}
