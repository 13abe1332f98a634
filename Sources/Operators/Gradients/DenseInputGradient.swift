// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

/// The gradient of a dense layer's input: `dx[…, k] = Σ dz[…, n] · weights[n, k]`.
///
/// Inputs: dz `[…, N]`, weights `[N, K]`, those of the layer, packed alike with `packing`; output
/// `[…, K]`. Float32. Only differentiation makes it.
package struct DenseInputGradient: PackableOperator, Hashable {
  package static let name = "DenseInputGradient"
  package static let spellings: [Spelling] = []
  package static let inputCount = 2...2
  package static let quantization = QuantizationRule.floatOnly

  /// What the weights are when they lie as the kernel reads them; they need be no constants then.
  package var packing: WeightPacking?

  package init(packing: WeightPacking? = nil) { self.packing = packing }

  package func packedLayout(_ natural: Shape) throws(OperatorError) -> PackedLayout {
    try FullyConnected().packedLayout(natural)
  }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let inputs = try naturalTypes(inputs)
    for input in 0...1 { try inputs[input].check(dtype: .float32, input: input) }
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(rank: 2...2, input: 1)
    let depth = inputs[1].shape[1]
    try inputs[1].check(extents: [inputs[0].shape[-1], depth], input: 1)
    return [inputs[0].output(try Shape(checked: inputs[0].shape.extents.dropLast() + [depth]))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let inputs = natural(inputs)
    let (dz, weights) = (inputs[0].values, inputs[1].values)
    let (columns, depth) = (inputs[1].shape[0], inputs[1].shape[1])
    let shape = Shape(inputs[0].shape.extents.dropLast() + [depth])
    var dx = ReferenceTensor(shape, repeating: 0)
    for row in 0..<dz.count / columns {
      for column in 0..<columns {
        for k in 0..<depth {
          dx.values[row * depth + k] += dz[row * columns + column] * weights[column * depth + k]
        }
      }
    }
    return [dx]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let node = try natural(node)
    let (columns, depth) = (node.inputs[1].shape[0], node.inputs[1].shape[1])
    let rows = node.inputs[0].shape.elementCount / columns
    let contracts = FloatContracts(
      fma: .UK_CONTRACT_f32_gemm_transposed_fma, muladd: .UK_CONTRACT_f32_gemm_transposed_muladd)
    let weights = try node.weightsOperand(isPacked: packing != nil) { weights in
      packPanels(weights, columns: columns, taps: 1, depth: depth, group: 1)
    }
    return .step(
      KernelRequest(
        contracts.float(node.floatClass),
        parameters: uk_f32_gemm_transposed_parameters(
          rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0),
        operands: [.input(0), weights, .output(0)], macCount: rows * columns * depth))
  }
}

// MARK: - Samples

extension DenseInputGradient {
  package static let samples: [Sample] = [
    .float("float32", DenseInputGradient(), [3, 19], weights: [19, 45]),
    .float("float32, one row", DenseInputGradient(), [1, 70], weights: [70, 130]),
    .packed("packed weights", DenseInputGradient(), [2, 5, 35], weights: [35, 40]),
    .packed("packed weights, one row", DenseInputGradient(), [1, 18], weights: [18, 77]),
  ]
}
