// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The flat index `offset + Σ i·stride` of every multi-index below `extents`, last axis fastest.
func stridedIndices(_ extents: [Int], _ strides: [Int], offset: Int = 0) -> [Int] {
  var indices = [offset]
  for (extent, stride) in zip(extents, strides) {
    var finer: [Int] = []
    finer.reserveCapacity(indices.count * extent)
    for base in indices {
      for position in 0..<extent { finer.append(base + position * stride) }
    }
    indices = finer
  }
  return indices
}

/// A tensor seen as a matrix: rows are what threads share.
struct MatrixView {
  let rows: Int
  let columns: Int

  /// Rows over the last axis.
  init(channelsOf shape: Shape) {
    columns = shape.extents.last ?? 1
    rows = shape.elementCount / columns
  }

  /// Any split of a contiguous tensor: trailing axes until a row is long enough to be worth a call,
  /// and of the last of them only a part where one divides it, so that there are rows to share.
  init(elementsOf shape: Shape) {
    let longEnough = 1024
    var columns = 1
    for extent in shape.extents.reversed() where columns < longEnough {
      let needed = (longEnough + columns - 1) / columns
      let parts = stride(from: needed, to: min(extent, 4 * needed), by: 1)
      columns *= parts.first { extent % $0 == 0 } ?? extent
    }
    self.columns = columns
    rows = shape.elementCount / columns
  }
}
