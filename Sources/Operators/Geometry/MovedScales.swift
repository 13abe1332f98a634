// SPDX-License-Identifier: Apache-2.0
import TensorCore

// What becomes of scales when the tensor that they belong to is moved.

extension QuantizationParameters {
  /// The same scales along another axis.
  func along(_ axis: Int) -> QuantizationParameters {
    switch granularity {
    case .perTensor: self
    case .perChannel: QuantizationParameters(axis: axis, scales: scales, zeroPoints: zeroPoints)
    case .blocks(axis: _, let size):
      QuantizationParameters(axis: axis, blockSize: size, scales: scales)
    }
  }

  /// The scales of a tensor of this shape, its axes permuted.
  func transposed(_ permutation: [Int], _ shape: Shape) -> QuantizationParameters {
    switch granularity {
    case .perTensor: return self
    case .perChannel(let axis):
      guard let position = permutation.firstIndex(of: axis) else { return self }
      return along(position)
    case .blocks(let axis, let size):
      guard let position = permutation.firstIndex(of: axis) else { return self }
      let strides = blockShape(shape).strides
      let moved = blockShape(shape).extents
      let sources = stridedIndices(
        permutation.map { moved[$0] }, permutation.map { strides[$0] })
      return QuantizationParameters(
        axis: position, blockSize: size, scales: sources.map { scales[$0] })
    }
  }

  /// The scales' own shape: that of the tensor, with the number of blocks along their axis.
  ///
  /// - Precondition: they are of blocks.
  package func blockShape(_ shape: Shape) -> Shape {
    guard case .blocks(let axis, let size) = granularity else { preconditionFailure("blocks") }
    var extents = shape.extents
    extents[axis] = blockCount(extents[axis], size)
    return Shape(extents)
  }
}
