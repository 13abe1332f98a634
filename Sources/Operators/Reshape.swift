// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The same elements in the same order under another shape; costs nothing at run time.
package struct Reshape: Operator, Hashable {
  package static let name = "Reshape"
  package static let spellings: [Spelling] = []
  package static let samples: [Sample] = []
  package static let inputCount = 1...1
  package static let quantization = QuantizationRule.sameAsInput

  package var shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package func inferTypes(_ inputs: [TensorType]) throws(OperatorError) -> [TensorType] {
    let input = inputs[0]
    guard input.shape.elementCount == shape.elementCount else {
      throw .elementCount(
        input: 0, expected: shape.elementCount, actual: input.shape.elementCount)
    }
    guard shape.elementCount > 0 else { throw .emptyOutput }
    var output = input.moved(to: shape)
    if let quantization = input.quantization, case .perChannel(let axis) = quantization.granularity
    {
      output.quantization = QuantizationParameters(
        axis: try newAxis(of: axis, in: input.shape), scales: quantization.scales,
        zeroPoints: quantization.zeroPoints)
    }
    return [output]
  }

  /// The axis of the new shape that counts the same elements as an axis of the old one.
  private func newAxis(of axis: Int, in old: Shape) throws(OperatorError) -> Int {
    for (candidate, stride) in shape.strides.enumerated()
    where shape[candidate] == old[axis] && stride == old.strides[axis] {
      return candidate
    }
    throw .quantizationUnsupported(input: 0)
  }

  package func reference(_ inputs: [ReferenceTensor]) -> [ReferenceTensor] {
    [ReferenceTensor(shape, inputs[0].values)]
  }

  package func lower(_ node: NodeContext) throws(OperatorError) -> Lowering { .alias }
}
