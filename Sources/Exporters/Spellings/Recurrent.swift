// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Recurrent layers of one direction. Their weights are constants, as in the engine, and the batch
// comes second, which is the only layout that ONNX Runtime has.

extension LSTM: ONNXWritable {
  /// ONNX's layer does not clamp its state or hold it in int8: that is written step by step.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    guard hidden == nil, cellRange == .none else { return try writeSteps(&onnx) }
    let bias = try onnx.requiredReals(3).map { Float($0) }
    let units = onnx.shape(2)[1]
    var operands = try onnx.recurrentOperands(gates: 4, isBatchMajor: isBatchMajor)
    operands.append(onnx.floats(bias + bias.map { _ in 0 }, [1, 2 * bias.count]))
    if onnx.inputCount > 4 {
      operands.append(nil)
      for input in 4...5 { operands.append(try onnx.state(input)) }
    }
    let y = onnx.recurrentLayer(
      "LSTM", operands, outputCount: 3, units: units, isReversed: isReversed)
    let (steps, batch) = (
      onnx.shape(0)[isBatchMajor ? 1 : 0], onnx.shape(0)[isBatchMajor ? 0 : 1]
    )
    let sequence = [steps, batch, units]
    switch result {
    case .sequence:
      let order = isBatchMajor ? Layout([1, 0, 2]) : .own(3)
      return .tensor(onnx.reshaped(y[0], sequence), order)
    case .last: return .tensor(onnx.reshaped(y[1], [batch, units]), .own(2))
    case .sequenceAndCell:
      let all = onnx.reshaped(y[0], sequence)
      return .tensor(onnx.emit("Concat", [all, y[2]], [("axis", .int(0))]), .own(3))
    case .lastAndCell:
      return .tensor(onnx.emit("Concat", [y[1], y[2]], [("axis", .int(0))]), .own(3))
    }
  }
}

extension GRU: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let bias = try onnx.requiredReals(3).map { Float($0) }
    let (steps, batch, units) = (onnx.shape(0)[0], onnx.shape(0)[1], onnx.shape(2)[1])
    var operands = try onnx.recurrentOperands(gates: 3, isBatchMajor: false)
    // Of the sums over x those of all gates, of those over h that of the candidate.
    let zeros = [Float](repeating: 0, count: 2 * units)
    operands.append(
      onnx.floats(bias[..<(3 * units)] + zeros + bias[(3 * units)...], [1, 6 * units]))
    if onnx.inputCount > 4 { operands += [nil, try onnx.state(4)] }
    let y = onnx.recurrentLayer(
      "GRU", operands, outputCount: 2, units: units, isReversed: isReversed,
      attributes: resetsAfter ? [("linear_before_reset", .int(1))] : [])
    return givesSequence
      ? .tensor(onnx.reshaped(y[0], [steps, batch, units]), .own(3))
      : .tensor(onnx.reshaped(y[1], [batch, units]), .own(2))
  }
}

extension ONNXWriter {
  /// x and the two matrices of weights, with an axis for the direction.
  fileprivate mutating func recurrentOperands(
    gates: Int, isBatchMajor: Bool
  ) throws(OperatorError) -> [WrittenTensor?] {
    let x = try operand(0, isBatchMajor ? Layout([1, 0, 2]) : .own(3))
    var operands: [WrittenTensor?] = [x]
    for input in 1...2 {
      guard constant(input) != nil else { throw .inputNotConstant(input: input) }
      operands.append(try operand(input, .own(2), reshaped: [1] + shape(input).extents))
    }
    return operands
  }

  /// An initial state, with an axis for the direction.
  fileprivate mutating func state(_ input: Int) throws(OperatorError) -> WrittenTensor {
    try operand(input, .own(2), reshaped: [1] + shape(input).extents)
  }

  /// The outputs of a layer, those that nothing reads without names of their own.
  fileprivate mutating func recurrentLayer(
    _ type: String, _ operands: [WrittenTensor?], outputCount: Int, units: Int, isReversed: Bool,
    attributes: [ONNXDocument.Attribute] = []
  ) -> [WrittenTensor] {
    let direction = isReversed ? "reverse" : "forward"
    return document.addNode(
      type, operands, outputCount: outputCount, hasOptionalOutputs: true,
      attributes: [("direction", .string(direction)), ("hidden_size", .int(units))] + attributes,
      since: 14, hint: "\(current.name)/\(type)")
  }
}
