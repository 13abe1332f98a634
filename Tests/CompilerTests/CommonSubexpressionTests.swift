// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct CommonSubexpressionTests {
  @Test func whatIsComputedTwiceIsComputedOnce() throws {
    var f = Fixture()
    let x = f.input(3, 4)
    let ones = TensorData([4], float32: [1, 1, 1, 1])
    let halves = try (0..<2).map { _ in
      try f.apply(Clamp(range: .relu), f.apply(Add(), x, f.builder.constant(ones)))
    }
    let graph = try rewrite(
      f.finish(f.apply(Add(), halves[0], halves[1])), by: .commonSubexpressions)
    #expect(graph.operatorNames == ["Add", "Clamp", "Add"])
    #expect(graph.values.count == 5)
  }

  @Test func otherAttributesInputsAndTypesAreOtherExpressions() throws {
    var f = Fixture()
    let x = f.input(3, 4)
    let results = [
      try f.apply(Clamp(range: .relu), x), try f.apply(Clamp(range: .relu6), x),
      try f.apply(Add(), x, f.weights(4)), try f.apply(Add(), x, f.weights(4)),
      try f.apply(Subtract(), x, f.weights(4)), try f.apply(Divide(), x, f.weights(4)),
      try f.builder.apply(
        Quantize(), [x], quantization: QuantizationParameters(scale: 0.1, zeroPoint: 0)),
      try f.builder.apply(
        Quantize(), [x], quantization: QuantizationParameters(scale: 0.2, zeroPoint: 0)),
    ]
    var builder = f.builder
    for (index, result) in results.enumerated() { builder.output("y\(index)", result) }
    let graph = builder.finish()
    #expect(try rewrite(graph, by: .commonSubexpressions).nodes.count == results.count)
  }
}
