// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

struct PortTypesTests {
  private let x = QuantizationParameters(scale: 0.02, zeroPoint: -7)
  private let y = QuantizationParameters(scale: 0.05, zeroPoint: 11)

  /// `y = x + x` between quantise and dequantise pairs.
  private func graph() throws -> Graph {
    var builder = GraphBuilder()
    let port = builder.input("x", TensorType(.float32, [3, 5]))
    let stored = try builder.apply(Quantize(), [port], quantization: x)
    let real = try builder.apply(Dequantize(), [stored])
    let sum = try builder.apply(Add(), [real, real], name: "sum")
    let rounded = try builder.apply(Quantize(), [sum], quantization: y)
    builder.output("y", try builder.apply(Dequantize(), [rounded]))
    return builder.finish()
  }

  private func run(_ graph: Graph, _ dtype: DType?, _ input: TensorData) throws -> TensorData {
    var options = CompileOptions()
    options.portType = dtype
    let program = try Program(copying: compile(graph, options: options).bytes)
    let session = try Session(program)
    #expect(program.entryPoints[0].inputs[0].type == input.type)
    try session.setInput(0, to: input.bytes)
    session.run()
    return TensorData(program.entryPoints[0].outputs[0].type, bytes: try session.outputBytes(0))
  }

  private var levels: [Int8] { (0..<15).map { Int8($0 * 17 - 120) } }

  @Test("the same numbers come out whatever the ports hold")
  func sameNumbers() throws {
    let reals = levels.map { (Float($0) + 7) * 0.02 }
    let whole = TensorData([3, 5], int8: levels, quantization: x)
    let float = try run(graph(), nil, TensorData([3, 5], float32: reals))
    let int8 = try run(graph(), .int8, whole)
    #expect(int8.type.quantization == y)
    #expect(float.float32Values == int8.int8Values.map { (Float($0) - 11) * 0.05 })
    let uint8 = try run(graph(), .uint8, whole.withOtherSign)
    #expect(uint8 == int8.withOtherSign)
    // And back: a model of uint8 ports in float32.
    let optimized = try Pass.deadCode.run(optimize(graph()).withPorts(.uint8))
    #expect(try run(optimized, .float32, TensorData([3, 5], float32: reals)) == float)
    #expect(try run(optimized, .int8, whole) == int8)
  }

  @Test("no step is left at the ports of int8, and no input in the arena")
  func steps() throws {
    var options = CompileOptions()
    options.portType = .int8
    let program = try Program(copying: compile(graph(), options: options).bytes)
    #expect(program.stepCount == 1)
  }

  @Test("a port that the model does not quantise is refused by name")
  func notQuantized() throws {
    var builder = GraphBuilder()
    let x = builder.input("pixels", TensorType(.float32, [4]))
    builder.output("y", try builder.apply(Absolute(), [x]))
    var options = CompileOptions()
    options.portType = .int8
    #expect(throws: CompileError.portNotQuantized(port: "pixels", .int8)) {
      try compile(builder.finish(), options: options)
    }
  }
}
