// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Attention: ONNXWritable {
  /// Written out: the operator came with set 23.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let q = heads(onnx.shape(0), .query)
    let (k, v) = (heads(onnx.shape(1), .key), heads(onnx.shape(2), .value))
    var query = try onnx.operand(0, layout(.query))
    let depthFirst: Layout = rowsFirst.contains(.key) ? Layout([0, 2, 3, 1]) : .matrixTransposed(4)
    var key = try onnx.operand(1, depthFirst)
    var value = try onnx.operand(2, layout(.value))
    // The heads of a group are an axis of their own, along which keys and values broadcast.
    let isGrouped = k.heads != q.heads
    let groups = [q.batch, k.heads, q.heads / k.heads]
    if isGrouped {
      query = onnx.reshaped(query, groups + [q.rows, q.depth])
      key = onnx.reshaped(key, [q.batch, k.heads, 1, q.depth, k.rows])
      value = onnx.reshaped(value, [q.batch, k.heads, 1, k.rows, v.depth])
    }
    var scores = onnx.emit("MatMul", [query, key])
    if scale != 1 { scores = onnx.emit("Mul", [scores, onnx.scalar(scale)]) }
    if isGrouped { scores = onnx.reshaped(scores, [q.batch, q.heads, q.rows, k.rows]) }
    if onnx.inputCount > 3 { scores = onnx.emit("Add", [scores, try onnx.operand(3)]) }
    if isCausal { scores = onnx.emit("Add", [scores, try onnx.causalMask(q.rows, k.rows)]) }
    var weights = onnx.emit("Softmax", [scores], [("axis", .int(-1))])
    if zeroesUnseen {
      let isUnseen = onnx.emit("IsNaN", [weights])
      weights = onnx.emit("Where", [isUnseen, onnx.scalar(0), weights])
    }
    if isGrouped { weights = onnx.reshaped(weights, groups + [q.rows, k.rows]) }
    var y = onnx.emit("MatMul", [weights, value])
    if isGrouped { y = onnx.reshaped(y, [q.batch, q.heads, q.rows, v.depth]) }
    return .tensor(y, layout(.output))
  }

  /// Heads before rows, of an operand that may have them after.
  private func layout(_ operand: Operands) -> Layout {
    rowsFirst.contains(operand) ? Layout([0, 2, 1, 3]) : .own(4)
  }
}

extension ONNXWriter {
  /// What is added to the scores of keys that a query must not see.
  fileprivate mutating func causalMask(
    _ rows: Int, _ keys: Int
  ) throws(OperatorError) -> WrittenTensor {
    // A quarter of a GiB: a graph of few bytes may claim any number of rows.
    guard rows * keys <= 1 << 26 else { throw .tooLarge }
    let mask = (0..<rows).flatMap { row in
      (0..<keys).map { $0 > row + keys - rows ? -Float.infinity : 0 }
    }
    return floats(mask, [rows, keys])
  }
}
