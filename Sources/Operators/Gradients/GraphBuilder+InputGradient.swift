// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

extension GraphBuilder {
  /// The gradient of a convolution's input, from that of its sums.
  ///
  /// - Parameters:
  ///   - convolution: the layer; its activation is not looked at.
  ///   - dz: the gradient of what it computes before it clamps, `[N, H', W', O]`.
  ///   - weights: its weights: constant ones of natural shape, or packed as `convolution.packing`
  ///     says.
  ///   - input: the rows and columns of its input.
  ///   - name: of the nodes.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: `OperatorError` when the shapes do not fit.
  package mutating func inputGradient(
    of convolution: Convolution, dz: Value, weights: Value, input: Extent2D, name: String = ""
  ) throws(OperatorError) -> Value {
    let natural = convolution.packing?.natural ?? type(of: weights).shape
    guard natural.rank == 4 else { throw .rank(input: 1, expected: 4...4, actual: natural.rank) }
    let isPacked = convolution.packing != nil
    if natural[1] * natural[2] == 1, convolution.stride == .one, convolution.padding == .none {
      let matrix = try Shape(checked: [natural[0], natural[3]])
      if isPacked {
        return try apply(DenseInputGradient().packing(matrix), [dz, weights], name: name)
      }
      let rows = try apply(Reshape(shape: matrix), [weights], name: name)
      return try apply(DenseInputGradient(), [dz, rows], name: name)
    }
    let transposed = TransposedConvolution(
      stride: convolution.stride, dilation: convolution.dilation,
      before: Extent2D(convolution.padding.top, convolution.padding.left), output: input)
    guard isPacked else {
      let turned = try apply(Transpose(permutation: [3, 1, 2, 0]), [weights], name: name)
      return try apply(transposed, [dz, turned], name: name)
    }
    let reader = transposed.packing(
      try Shape(checked: [natural[3], natural[1], natural[2], natural[0]]))
    let turned = try apply(TurnedFilters(for: reader), [weights], name: name)
    return try apply(reader, [dz, turned], name: name)
  }
}
