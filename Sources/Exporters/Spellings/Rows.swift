// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// What works along axes: reductions, softmax, normalisation.

extension Reduce: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let type =
      switch kind {
      case .sum: "ReduceSum"
      case .mean: "ReduceMean"
      case .maximum: "ReduceMax"
      case .minimum: "ReduceMin"
      case .sumOfSquares: "ReduceSumSquare"
      case .product: "ReduceProd"
      }
    let layout = onnx.layout(0)
    let positions = axes.map { layout.position(of: $0) }.sorted()
    let x = try onnx.operand(0, layout)
    // The sum had its axes as an operand first.
    let y = onnx.emit(type, [x, onnx.indices(positions)], since: kind == .sum ? 13 : 18)
    return .tensor(y, layout)
  }
}

extension ArgMax: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let layout = onnx.layout(0)
    var attributes: [ONNXDocument.Attribute] = [("axis", .int(layout.position(of: axis)))]
    if takesLast { attributes.append(("select_last_index", .int(1))) }
    let x = try onnx.operand(0, layout)
    let y = onnx.emit(isMinimum ? "ArgMin" : "ArgMax", [x], attributes)
    return .tensor(indexDType == .int64 ? y : onnx.cast(y, to: indexDType), layout)
  }
}

extension Softmax: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let layout = onnx.layout(0)
    var x = try onnx.operand(0, layout)
    if beta != 1 { x = onnx.emit("Mul", [x, onnx.scalar(beta)]) }
    let y = onnx.emit("Softmax", [x], [("axis", .int(layout.position(of: -1)))])
    return .tensor(y, layout)
  }
}

extension LayerNormalization: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    var operands: [WrittenTensor] = []
    for input in 0..<onnx.inputCount { operands.append(try onnx.operand(input)) }
    let y = onnx.emit(
      "LayerNormalization", operands, [("axis", .int(-1)), ("epsilon", .float(epsilon))],
      since: 17)
    return .tensor(y, .own(onnx.shape(0).rank))
  }
}

extension RMSNormalization: ONNXWritable {
  /// Written out: the operator came with set 23.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let rank = onnx.shape(0).rank
    let (x, scale) = (try onnx.operand(0), try onnx.operand(1))
    let squares = onnx.emit("Mul", [x, x])
    let mean = onnx.emit("ReduceMean", [squares, onnx.indices([rank - 1])], since: 18)
    let root = onnx.emit("Sqrt", [onnx.emit("Add", [mean, onnx.scalar(epsilon)])])
    return .tensor(onnx.emit("Mul", [onnx.emit("Div", [x, root]), scale]), .own(rank))
  }
}

extension BatchNormalization: ONNXWritable {
  /// A vector is one row of channels.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let shape = onnx.shape(0)
    let layout = Layout.channelsSecond(shape.rank)
    var operands = [try onnx.operand(0, layout)]
    if shape.rank == 1 { operands[0] = onnx.reshaped(operands[0], [1] + shape.extents) }
    for input in 1...4 { operands.append(try onnx.operand(input)) }
    let y = onnx.emit("BatchNormalization", operands, [("epsilon", .float(epsilon))])
    return .tensor(shape.rank == 1 ? onnx.reshaped(y, shape.extents) : y, layout)
  }
}
