// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct FunctionFusionTests {
  /// The operators left of a product of x and a function of x.
  private func names(
    _ body: (inout Fixture, Value) throws -> Value,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    var f = Fixture()
    let x = f.input(2, 5, 7)
    let y = try body(&f, x)
    let graph = try f.finish(y)
    // Numbers such as √2 are stated in float32.
    let fused = try rewrite(
      graph, by: .functionFusion, relative: 0x1p-22, sourceLocation: sourceLocation)
    try checkThreeForms(graph, randomInputs(of: graph), sourceLocation: sourceLocation)
    return fused.operatorNames
  }

  private func number(_ f: inout Fixture, _ value: Float) -> Value {
    f.builder.constant(TensorData([], float32: [value]))
  }

  @Test func siluIsRecognised() throws {
    #expect(try names { f, x in try f.apply(Multiply(), x, f.apply(Sigmoid(), x)) } == ["SiLU"])
    #expect(try names { f, x in try f.apply(Multiply(), f.apply(Sigmoid(), x), x) } == ["SiLU"])
  }

  @Test func siluNearMissesStay() throws {
    let ofAnother = try names { f, x in
      try f.apply(Multiply(), f.apply(Tanh(), x), f.apply(Sigmoid(), x))
    }
    #expect(ofAnother == ["Tanh", "Sigmoid", "Multiply"])
    let clamped = try names { f, x in
      try f.apply(Multiply(activation: .relu), x, f.apply(Sigmoid(), x))
    }
    #expect(clamped == ["Sigmoid", "Multiply"])
    let doubled = try names { f, x in
      let two = number(&f, 2)
      return try f.apply(Multiply(), f.apply(Multiply(), x, two), f.apply(Sigmoid(), x))
    }
    #expect(doubled == ["Multiply", "Sigmoid", "Multiply"])
  }

  @Test func quantizedSigmoidKeepsItsRounding() throws {
    var builder = GraphBuilder()
    let x = builder.input(
      "x",
      TensorType(.int8, [4], quantization: QuantizationParameters(scale: 0.05, zeroPoint: 0)))
    let gate = try builder.apply(
      Sigmoid(), [x], quantization: QuantizationParameters(scale: 1.0 / 256, zeroPoint: -128))
    let y = try builder.apply(
      Multiply(), [x, gate], quantization: QuantizationParameters(scale: 0.05, zeroPoint: -100))
    builder.output("y", y)
    let graph = try rewrite(builder.finish(), by: .functionFusion)
    #expect(graph.operatorNames == ["Sigmoid", "Multiply"])
  }

  @Test func hardSwishIsRecognised() throws {
    let byParts = try names { f, x in
      let gate = try f.apply(Clamp(range: .relu6), f.apply(Add(), x, number(&f, 3)))
      return try f.apply(Divide(), f.apply(Multiply(), x, gate), number(&f, 6))
    }
    #expect(byParts == ["HardSwish"])
    let bySigmoid = try names { f, x in
      try f.apply(Multiply(), x, f.apply(HardSigmoid(alpha: 1.0 / 6), x))
    }
    #expect(bySigmoid == ["HardSwish"])
    let otherSlope = try names { f, x in
      try f.apply(Multiply(), x, f.apply(HardSigmoid(), x))
    }
    #expect(otherSlope == ["HardSigmoid", "Multiply"])
  }

  /// x/2 · (1 + erf(x / divisor)), grouped as `order` says.
  private func gelu(
    _ f: inout Fixture, _ x: Value, divisor: Float, one: Float = 1, order: Int
  ) throws -> Value {
    let erf = try f.apply(Erf(), f.apply(Divide(), x, number(&f, divisor)))
    let sum = try f.apply(Add(), erf, number(&f, one))
    let half = number(&f, 0.5)
    switch order {
    case 0: return try f.apply(Multiply(), x, f.apply(Multiply(), half, sum))
    case 1: return try f.apply(Multiply(), f.apply(Multiply(), x, sum), half)
    default: return try f.apply(Multiply(), f.apply(Multiply(), x, half), sum)
    }
  }

  @Test(arguments: 0..<3) func geluIsRecognised(order: Int) throws {
    let root: Float = 1.4142135381698608
    #expect(try names { try gelu(&$0, $1, divisor: root, order: order) } == ["GELU"])
    #expect(try !names { try gelu(&$0, $1, divisor: 1.4142, order: order) }.contains("GELU"))
    #expect(try !names { try gelu(&$0, $1, divisor: root, one: 2, order: order) }.contains("GELU"))
  }

  /// x/2 · (1 + tanh(√(2/π) · (x + cubic·x³))).
  private func geluByTanh(
    _ f: inout Fixture, _ x: Value, cubic: Float, factored: Bool
  ) throws -> Value {
    let root = number(&f, 0.7978845608)
    let factor = number(&f, cubic)
    let argument: Value
    if factored {
      let square = try f.apply(Multiply(), factor, f.apply(Multiply(), x, x))
      let slope = try f.apply(Add(), number(&f, 1), square)
      argument = try f.apply(Multiply(), f.apply(Multiply(), x, root), slope)
    } else {
      let cube = try f.apply(Multiply(), f.apply(Power(exponent: 3), x), factor)
      argument = try f.apply(Multiply(), f.apply(Add(), x, cube), root)
    }
    let sum = try f.apply(Add(), f.apply(Tanh(), argument), number(&f, 1))
    return try f.apply(Multiply(), f.apply(Multiply(), number(&f, 0.5), x), sum)
  }

  @Test(arguments: [false, true]) func geluByTanhIsRecognised(factored: Bool) throws {
    let right = try names { try geluByTanh(&$0, $1, cubic: 0.044715, factored: factored) }
    #expect(right == ["GELU"])
    let wrong = try names { try geluByTanh(&$0, $1, cubic: 0.0447, factored: factored) }
    #expect(!wrong.contains("GELU"))
  }
}
