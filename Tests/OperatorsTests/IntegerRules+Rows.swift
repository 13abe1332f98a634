// SPDX-License-Identifier: Apache-2.0
import Operators

/// Sums, means and extremes of distances from the zero point, over neighbouring axes.
func reduced(_ x: StoredTensor, _ operation: Reduce, into output: StoredOutput) -> [Int] {
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

/// Products of matrices along the last two axes; the others broadcast.
func matrixProduct(
  _ inputs: [StoredTensor], _ operation: MatMul, into output: StoredOutput
) -> [Int] {
  let (a, b) = (inputs[0], inputs[1])
  let depth = a.extents[a.extents.count - 1]
  let scale = Float(a.scale(0) * b.scale(0) / Double(output.scale))
  /// The first element of an operand's matrix for a product of the output.
  func matrix(_ operand: StoredTensor, _ product: Int) -> Int {
    let (own, all) = (operand.extents.dropLast(2), output.extents.dropLast(2))
    var (rest, pitch, number) = (product, 1, 0)
    for (axis, extent) in all.reversed().enumerated() {
      let mine = axis < own.count ? Array(own.reversed())[axis] : 1
      number += rest % extent % mine * pitch
      (rest, pitch) = (rest / extent, pitch * mine)
    }
    return number * operand.extents.suffix(2).reduce(1, *)
  }
  let (rows, columns) = (output.extents.suffix(2).first ?? 1, output.extents.last ?? 1)
  return (0..<output.extents.reduce(1, *)).map { flat in
    let product = flat / columns / rows
    let (row, column) = (flat / columns % rows, flat % columns)
    let sum = (0..<depth).reduce(0) { sum, k in
      let left = a.values[matrix(a, product) + row * depth + k]
      let within = operation.isTransposed ? column * depth + k : k * columns + column
      return sum + (left - a.zeroPoint) * (b.values[matrix(b, product) + within] - b.zeroPoint)
    }
    return output.requantize(sum, scale)
  }
}
