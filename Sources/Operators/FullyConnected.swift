// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

/// A dense layer over the last axis: `y[…, n] = clamp(bias[n] + Σ x[…, k] · weights[n, k])`.
///
/// Inputs: x `[…, K]`, weights `[N, K]`, optional bias `[N]`; output `[…, N]`. Quantised as
/// `Convolution` is.
package struct FullyConnected: Operator, Hashable {
  package static let name = "FullyConnected"
  package static let spellings: [Spelling] = []
  package static let samples: [Sample] = []
  package static let inputCount = 2...3
  package static let quantization = QuantizationRule.freeOutputScale

  package var activation: ActivationRange

  package init(activation: ActivationRange = .none) { self.activation = activation }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    try inputs[0].check(rank: 1...ProgramFormat.maximumRank, input: 0)
    try inputs[1].check(rank: 2...2, input: 1)
    let columns = inputs[1].shape[0]
    try inputs[1].check(shape: [columns, inputs[0].shape[-1]], input: 1)
    try checkContraction(inputs, outputChannels: columns)
    return [inputs[0].output(try Shape(checked: inputs[0].shape.extents.dropLast() + [columns]))]
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    let (x, weights) = (inputs[0].values, inputs[1].values)
    let (columns, depth) = (inputs[1].shape[0], inputs[1].shape[1])
    let rows = x.count / depth
    var y = biased(inputs, rows: rows, columns: columns)
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = 0.0
        for k in 0..<depth { sum += x[row * depth + k] * weights[column * depth + k] }
        y[row * columns + column] += sum
      }
    }
    let shape = Shape(inputs[0].shape.extents.dropLast() + [columns])
    return [ReferenceTensor(shape, y.map { activation($0) })]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering {
    let depth = node.inputs[0].shape[-1]
    return .step(
      try matrixProduct(
        node, rows: node.inputs[0].shape.elementCount / depth, columns: node.inputs[1].shape[0],
        depth: depth, activation: activation))
  }
}
