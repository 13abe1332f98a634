// SPDX-License-Identifier: Apache-2.0
import Operators

/// Sums, means and extremes of distances from the zero point, over neighbouring axes.
func reduced(_ x: StoredTensor, _ operation: Reduce, into output: StoredOutput) -> [Int8] {
  let axes = operation.axes
  let count = x.extents[axes].reduce(1, *)
  let inner = x.extents[(axes.upperBound + 1)...].reduce(1, *)
  let ratio = x.scale(0) / Double(output.scale)
  return (0..<x.values.count / count).map { flat in
    let start = flat / inner * count * inner + flat % inner
    let distances = (0..<count).map { x.values[start + $0 * inner] - x.zeroPoint }
    switch operation.kind {
    case .sum: return output.requantize(distances.reduce(0, +), Float(ratio))
    case .mean: return output.requantize(distances.reduce(0, +), Float(ratio / Double(count)))
    case .maximum: return output.requantize(distances.reduce(Int.min, max), Float(ratio))
    case .minimum: return output.requantize(distances.reduce(Int.max, min), Float(ratio))
    case .sumOfSquares, .product: preconditionFailure("float32 only")
    }
  }
}
