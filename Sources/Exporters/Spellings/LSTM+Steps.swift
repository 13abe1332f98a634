// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension LSTM {
  /// The most steps that are written out: each is some twenty nodes.
  private static let stepLimit = 1024

  /// Every step written out, with its clamp and its rounding.
  func writeSteps(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let (x, units) = (onnx.shape(0), onnx.shape(2)[1])
    let (steps, batch) = isBatchMajor ? (x[1], x[0]) : (x[0], x[1])
    guard steps <= Self.stepLimit else { throw .attributeValue("steps", .int(steps)) }
    let sums = try sumsOverInput(&onnx)
    let recurrent = try onnx.operand(2, .matrixTransposed(2))
    let hasState = onnx.inputCount > 4
    var h = hasState ? try onnx.operand(4) : nil
    var c = hasState ? try onnx.operand(5) : nil
    var outputs: [WrittenTensor] = []
    for number in 0..<steps {
      let time = onnx.document.addInitializer(
        TensorData([], int64: [Int64(isReversed ? steps - 1 - number : number)]),
        hint: "\(onnx.current.name)/time")
      var gates = onnx.emit("Gather", [sums, time], [("axis", .int(0))])
      if let h { gates = onnx.emit("Add", [gates, onnx.emit("MatMul", [h, recurrent])]) }
      let next = try step(&onnx, gates: gates, cell: c, [batch, units])
      (h, c) = (next.h, next.c)
      outputs.append(next.h)
    }
    guard let h, let c else { throw .emptyOutput }
    let ordered = isReversed ? outputs.reversed() : outputs
    switch result {
    case .last: return .tensor(h, .own(2))
    case .lastAndCell: return .tensor(onnx.stacked([h, c], [batch, units]), .own(3))
    case .sequenceAndCell: return .tensor(onnx.stacked(ordered + [c], [batch, units]), .own(3))
    case .sequence:
      let layout: Layout = isBatchMajor ? Layout([1, 0, 2]) : .own(3)
      return .tensor(onnx.stacked(ordered, [batch, units]), layout)
    }
  }

  /// The part of the gates' sums that comes from x, and the bias: `[T, N, 4·H]`.
  private func sumsOverInput(_ onnx: inout ONNXWriter) throws(OperatorError) -> WrittenTensor {
    if onnx.type(3).dtype == .int32, onnx.type(3).quantization == nil {
      throw .quantizationMissing(input: 3)
    }
    let x = try onnx.operand(0, isBatchMajor ? Layout([1, 0, 2]) : .own(3))
    let product = onnx.emit("MatMul", [x, try onnx.operand(1, .matrixTransposed(2))])
    return onnx.emit("Add", [product, onnx.floats(try onnx.requiredReals(3).map { Float($0) })])
  }

  /// The next state, from the sums of the gates i, o, f and g.
  private func step(
    _ onnx: inout ONNXWriter, gates: WrittenTensor, cell: WrittenTensor?, _ extents: [Int]
  ) throws(OperatorError) -> (h: WrittenTensor, c: WrittenTensor) {
    let parts = onnx.document.addNode(
      "Split", [gates, onnx.indices([Int](repeating: extents[1], count: 4))], outputCount: 4,
      attributes: [("axis", .int(1))], hint: "\(onnx.current.name)/Split")
    let i = onnx.emit("Sigmoid", [parts[0]])
    let o = onnx.emit("Sigmoid", [parts[1]])
    var c = onnx.emit("Mul", [i, onnx.emit("Tanh", [parts[3]])])
    if let cell {
      c = onnx.emit("Add", [c, onnx.emit("Mul", [onnx.emit("Sigmoid", [parts[2]]), cell])])
    }
    c = onnx.clipped(c, cellRange)
    let h = onnx.emit("Mul", [o, onnx.emit("Tanh", [c])])
    guard let hidden else { return (h, c) }
    let type = TensorType(.int8, Shape(extents), quantization: hidden)
    return (try onnx.rounded(h, type, .own(2)), c)
  }
}

extension ONNXWriter {
  /// Tensors of some extents, one behind the other along a new axis in front.
  fileprivate mutating func stacked(
    _ tensors: [WrittenTensor], _ extents: [Int]
  ) -> WrittenTensor {
    var parts: [WrittenTensor] = []
    for tensor in tensors { parts.append(reshaped(tensor, [1] + extents)) }
    return emit("Concat", parts, [("axis", .int(0))])
  }
}
