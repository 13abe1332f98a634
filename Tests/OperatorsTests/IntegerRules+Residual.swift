// SPDX-License-Identifier: Apache-2.0
import Operators
import TensorCore

/// What layers of several steps must give.
func layerRule(_ node: SampleNode, _ inputs: [StoredTensor]) throws -> [Int]? {
  switch node.operation {
  case let operation as ResidualLayer: try residualRule(node, operation)
  case let operation as LSTM:
    StoredOutput(node.output).map { remembered(inputs, operation, into: $0) }
  case let operation as MatMul:
    StoredOutput(node.output).map { matrixProduct(inputs, operation, into: $0) }
  default: nil
  }
}

/// The two steps that a layer with a residual stands for, one after the other.
private func residualRule(_ node: SampleNode, _ operation: ResidualLayer) throws -> [Int]? {
  let inputs = node.inputs.dropLast().map { StoredTensor($0) }
  let type = TensorType(.int8, node.output.shape, quantization: operation.sum)
  let result: [Int]? =
    switch operation.layer {
    case .convolution(let layer):
      StoredOutput(type, activation: layer.activation).map {
        convolved(inputs, layer.stride, layer.dilation, layer.padding, into: $0)
      }
    case .fullyConnected(let layer):
      StoredOutput(type, activation: layer.activation).map { multiplied(inputs, into: $0) }
    }
  guard let result, let output = StoredOutput(node.output, activation: operation.activation),
    let residual = node.inputs.last
  else { return nil }
  let stored = TensorData(
    node.output.shape, int8: result.map { Int8($0) }, quantization: operation.sum)
  return added([StoredTensor(stored), StoredTensor(residual)], sign: 1, into: output)
}
