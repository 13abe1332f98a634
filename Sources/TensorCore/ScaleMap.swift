// SPDX-License-Identifier: Apache-2.0

/// Which of a tensor's scales an element has: its channel, or block.
package struct ScaleMap {
  private let granularity: QuantizationParameters.Granularity
  /// Along the axis of the scales.
  private let stride: Int
  private let extent: Int

  package init(_ parameters: QuantizationParameters, _ shape: Shape) {
    granularity = parameters.granularity
    switch granularity {
    case .perTensor: (stride, extent) = (1, 1)
    case .perChannel(let axis), .blocks(let axis, size: _):
      (stride, extent) = (shape.strides[axis], shape[axis])
    }
  }

  /// The number of an element's scale; elements are counted as they lie.
  package func callAsFunction(_ element: Int) -> Int {
    switch granularity {
    case .perTensor: 0
    case .perChannel: element / stride % extent
    case .blocks(axis: _, let size):
      (element / stride / extent * blockCount(extent, size) + element / stride % extent / size)
        * stride + element % stride
    }
  }
}

/// How many blocks of a size an extent has; the last may be smaller.
package func blockCount(_ extent: Int, _ size: Int) -> Int { (extent + size - 1) / size }
