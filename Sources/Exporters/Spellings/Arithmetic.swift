// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Arithmetic, comparisons and choices, element by element.

extension Add: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in onnx.clamped(onnx.emit("Add", x), activation) })
  }
}

extension Subtract: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in onnx.clamped(onnx.emit("Sub", x), activation) })
  }
}

extension Multiply: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in onnx.clamped(onnx.emit("Mul", x), activation) })
  }
}

extension Divide: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in onnx.clamped(onnx.emit("Div", x), activation) })
  }
}

extension IntegerArithmetic: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { (onnx, x) throws(OperatorError) in
      switch function {
      case .add: onnx.emit("Add", x)
      case .subtract: onnx.emit("Sub", x)
      case .multiply: onnx.emit("Mul", x)
      case .divide: onnx.quotient(x[0], x[1])
      }
    })
  }
}

extension ONNXWriter {
  /// An integer quotient that is 0 where the divisor is: ONNX says nothing of that, and ONNX
  /// Runtime crashes.
  fileprivate mutating func quotient(_ a: WrittenTensor, _ b: WrittenTensor) -> WrittenTensor {
    if let divisor = constant(1), !divisor.storedValues.contains(0) { return emit("Div", [a, b]) }
    func integer(_ value: UInt8) -> TensorData {
      let zeros = [UInt8](repeating: 0, count: output.dtype.byteCount - 1)
      return TensorData(TensorType(output.dtype, []), bytes: [value] + zeros)
    }
    let zero = document.addInitializer(integer(0), hint: "\(current.name)/zero")
    let one = document.addInitializer(integer(1), hint: "\(current.name)/one")
    let isZero = emit("Equal", [b, zero])
    let quotient = emit("Div", [a, emit("Where", [isZero, one, b])])
    return emit("Where", [isZero, zero, quotient])
  }

  /// Operands for an operator that ONNX Runtime has for the wider numbers alone.
  ///
  /// Quantised integers are reals here, and order is the same.
  fileprivate mutating func widened(
    _ operands: [WrittenTensor], input: Int, isBoolWide: Bool
  ) -> [WrittenTensor] {
    let type = type(input)
    switch type.dtype {
    case .int8, .uint8, .int16: guard type.quantization == nil else { return operands }
    case .bool: guard !isBoolWide else { return operands }
    case .float32, .float16, .float64, .int32, .int64: return operands
    }
    return operands.map { cast($0, to: .int32) }
  }

  /// A result of widened operands in the output's dtype.
  fileprivate mutating func narrowed(_ tensor: WrittenTensor) -> WrittenTensor {
    switch output.dtype {
    case .int8, .uint8, .int16: output.quantization == nil ? cast(tensor, to: output.dtype) : tensor
    case .bool: cast(tensor, to: .bool)
    case .float32, .float16, .float64, .int32, .int64: tensor
    }
  }
}

extension Comparison: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in
      let isEquality = relation == .equal || relation == .notEqual
      let x = onnx.widened(x, input: 0, isBoolWide: isEquality)
      return switch relation {
      case .equal: onnx.emit("Equal", x)
      case .notEqual: onnx.emit("Not", [onnx.emit("Equal", x)])
      case .less: onnx.emit("Less", x)
      case .lessOrEqual: onnx.emit("LessOrEqual", x)
      }
    })
  }
}

extension Maximum: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in
      if onnx.output.dtype == .bool { return onnx.emit("Or", x) }
      return onnx.narrowed(onnx.emit("Max", onnx.widened(x, input: 0, isBoolWide: true)))
    })
  }
}

extension Minimum: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in
      if onnx.output.dtype == .bool { return onnx.emit("And", x) }
      return onnx.narrowed(onnx.emit("Min", onnx.widened(x, input: 0, isBoolWide: true)))
    })
  }
}

extension Select: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements(ofAll: { onnx, x in
      let choices = onnx.widened([x[1], x[2]], input: 1, isBoolWide: false)
      return onnx.narrowed(onnx.emit("Where", [x[0]] + choices))
    })
  }
}

extension Cast: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.cast(x, to: to) }
  }
}

extension PReLU: ONNXWritable {
  /// One slope is an attribute; of several, ONNX has the channels second.
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    if onnx.shape(1).elementCount == 1, onnx.constant(1) != nil {
      let slope = Float(try onnx.requiredReals(1)[0])
      return try onnx.elements { onnx, x in
        onnx.emit("LeakyRelu", [x], [("alpha", .float(slope))])
      }
    }
    let layout = Layout.channelsSecond(onnx.shape(0).rank)
    let operands = [try onnx.operand(0, layout), try onnx.operand(1, layout)]
    return .tensor(onnx.emit("PRelu", operands), layout)
  }
}

// MARK: - Quantisation

extension Quantize: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { _, x in x }
  }
}

extension SignConversion: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { _, x in x }
  }
}

extension Dequantize: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    if let data = onnx.constant(0) { return .constant(data) }
    guard onnx.type(0).dtype == .float16 else { return .dequantized }
    return try onnx.elements { onnx, x in onnx.cast(x, to: .float32) }
  }
}
