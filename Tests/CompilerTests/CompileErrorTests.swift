// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct CompileErrorTests {
  @Test func anInvalidGraphIsRefused() {
    let graph = Graph(values: [], nodes: [], inputs: [], outputs: [])
    #expect(throws: CompileError.invalidGraph(pass: nil, .noOutputs)) { try compile(graph) }
  }

  @Test func anOperatorWithoutKernelIsNamed() throws {
    var f = Fixture()
    let x = f.input(2, 3)
    let w = f.builder.input("w", TensorType(.float32, [4, 3]))
    let graph = try f.finish(f.apply(FullyConnected(), x, w))
    #expect(
      throws: CompileError.unsupported(
        node: "fullyconnected", operation: "FullyConnected", .inputNotConstant(input: 1))
    ) { try compile(graph) }
  }

  @Test func aPassThatBreaksAGraphIsNamed() {
    let pass = Pass("breaking") { (_) throws(OperatorError) in
      Graph(values: [], nodes: [], inputs: [], outputs: [])
    }
    let broken = Graph(values: [], nodes: [], inputs: [], outputs: [])
    #expect(throws: CompileError.invalidGraph(pass: "breaking", .noOutputs)) {
      try pass.verify(broken)
    }
  }

  @Test func passesHaveNamesOfTheirOwn() {
    let names = Pass.pipeline.map(\.name)
    // Constant folding, common subexpressions and activation fusion run twice, identity removal
    // three times.
    #expect(Set(names).count == names.count - 5)
  }

  @Test func budgetsReadAsProse() throws {
    var f = Fixture()
    let x = try f.apply(Clamp(range: .relu), f.input(1, 16))
    let graph = try f.finish(f.apply(Add(), x, x))
    var options = CompileOptions()
    options.arenaBudget = 32
    let error = #expect(throws: CompileError.self) { try compile(graph, options: options) }
    #expect(
      error?.description == """
        the arena needs 64 bytes, the budget is 32; largest:
          64 bytes: clamp, live at the peak
        nothing that the compiler could try would save anything
        """)
  }
}
