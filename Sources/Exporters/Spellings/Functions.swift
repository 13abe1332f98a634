// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Functions of every element. Of integers ONNX computes them between a pair, where the engine has
// a table; both round once.

extension Absolute: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Abs", [x]) }
  }
}

extension Ceiling: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Ceil", [x]) }
  }
}

extension Clamp: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.clamped(x, range) }
  }
}

extension ELU: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Elu", [x], [("alpha", .float(alpha))]) }
  }
}

extension Erf: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Erf", [x]) }
  }
}

extension Exponential: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Exp", [x]) }
  }
}

extension Floor: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Floor", [x]) }
  }
}

extension GELU: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    let form = form == .tanh ? "tanh" : "none"
    return try onnx.elements { onnx, x in
      onnx.emit("Gelu", [x], [("approximate", .string(form))], since: 20)
    }
  }
}

extension HardSigmoid: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in
      onnx.emit("HardSigmoid", [x], [("alpha", .float(alpha)), ("beta", .float(beta))])
    }
  }
}

extension HardSwish: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("HardSwish", [x], since: 14) }
  }
}

extension Logarithm: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Log", [x]) }
  }
}

extension Negate: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Neg", [x]) }
  }
}

extension Power: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Pow", [x, onnx.scalar(exponent)]) }
  }
}

extension Reciprocal: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Reciprocal", [x]) }
  }
}

extension ReciprocalSquareRoot: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Reciprocal", [onnx.emit("Sqrt", [x])]) }
  }
}

extension Round: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Round", [x]) }
  }
}

extension SiLU: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Mul", [x, onnx.emit("Sigmoid", [x])]) }
  }
}

extension Sigmoid: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Sigmoid", [x]) }
  }
}

extension Softplus: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Softplus", [x]) }
  }
}

extension SquareRoot: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Sqrt", [x]) }
  }
}

extension Tanh: ONNXWritable {
  package func write(_ onnx: inout ONNXWriter) throws(OperatorError) -> Written {
    try onnx.elements { onnx, x in onnx.emit("Tanh", [x]) }
  }
}
