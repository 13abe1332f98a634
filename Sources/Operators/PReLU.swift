// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// Rectifier with a slope: `y = x` where `x > 0`, else `y = slope · x`.
///
/// Inputs: x `[…, C]`; slope of one element, or `[C]`. Int8 takes one slope for all channels.
package struct PReLU: Operator, Hashable {
  package static let name = "PReLU"
  package static let spellings: [Spelling] = []
  package static let samples: [Sample] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.freeOutputScale

  package init() {}

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].checkArithmetic(input: 0)
    try inputs[1].checkArithmetic(input: 1)
    if inputs[1].shape.elementCount != 1 {
      try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
      try inputs[1].check(shape: [inputs[0].shape[-1]], input: 1)
    }
    return [inputs[0].output(inputs[0].shape)]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let slopes = inputs[1].values
    var y = inputs[0]
    for index in y.values.indices where !(y.values[index] > 0) {
      y.values[index] *= slopes[index % slopes.count]
    }
    return [y]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let slopes = ReferenceTensor(try node.constant(1)).values
    if try node.isQuantized() {
      let slope = slopes[0]
      guard slopes.allSatisfy({ $0 == slope }) else { throw .quantizationUnsupported(input: 1) }
      return try node.lookup { $0 > 0 ? $0 : slope * $0 }
    }
    let matrix =
      slopes.count == 1
      ? MatrixView(elementsOf: node.inputs[0].shape) : MatrixView(channelsOf: node.inputs[0].shape)
    let columnSlopes = (0..<matrix.columns).map { Float(slopes[$0 % slopes.count]) }
    return .step(
      KernelRequest(
        .UK_CONTRACT_f32_prelu,
        parameters: uk_f32_unary_parameters(
          rows: UInt32(matrix.rows), columns: UInt32(matrix.columns), min: -.infinity,
          max: .infinity),
        operands: [.input(0), .columns(columnSlopes, .float32), .output(0)],
        overwritableInputs: [0]))
  }
}
