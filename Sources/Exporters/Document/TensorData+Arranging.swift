// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension TensorData {
  /// The constant with its axes permuted: axis i is the old axis `permutation[i]`.
  func transposed(_ permutation: [Int]) throws(OperatorError) -> TensorData {
    guard permutation != Array(0..<type.shape.rank) else { return self }
    let moved = try Transpose(permutation: permutation).inferTypes([type])[0]
    let width = type.dtype.byteCount
    let strides = permutation.map { type.shape.strides[$0] * width }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = [Int](repeating: 0, count: permutation.count)
    var offset = 0
    for _ in 0..<moved.shape.elementCount {
      for byte in offset..<offset + width { result.append(bytes[byte]) }
      for axis in position.indices.reversed() {
        position[axis] += 1
        offset += strides[axis]
        guard position[axis] == moved.shape[axis] else { break }
        offset -= strides[axis] * position[axis]
        position[axis] = 0
      }
    }
    return TensorData(moved, bytes: result)
  }

  /// The constant under another shape of as many elements.
  func reshaped(_ extents: [Int]) throws(OperatorError) -> TensorData {
    guard let shape = Shape(checking: extents) else { throw .tooLarge }
    guard shape != type.shape else { return self }
    return reinterpreted(as: try Reshape(shape: shape).inferTypes([type])[0])
  }
}
