// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// What the gradients of layers with weights share.

extension DifferentiatedNode {
  /// Refuses weights that stand for reals in fewer bits: nothing carries a gradient through them.
  func checkWeights(_ builder: GraphBuilder) throws(OperatorError) {
    guard builder.type(of: inputs[1]).dtype == .float32 else { throw .noGradient }
  }
}

extension GraphBuilder {
  /// The gradient of an operator's weights as these lie, from the packed one.
  mutating func weightGradient(
    _ packed: Value, of operation: some PackableOperator, natural: Shape
  ) throws(OperatorError) -> Value {
    operation.packing != nil ? packed : try unpacked(packed, for: operation.packing(natural))
  }

  /// The gradient of a bias, which may be padded, from that of the sums it is added to.
  mutating func biasGradient(_ dz: Value, of bias: Value) throws(OperatorError) -> Value {
    let sum = try sumOfRows(dz)
    return shape(of: bias) == shape(of: sum) ? sum : try paddedBias(sum)
  }
}
