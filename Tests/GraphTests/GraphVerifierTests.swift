// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

/// Each test plants one fault in a sound graph of two nodes: %0 input, %1 weights, %2 = dense,
/// %3 = clamp.
@Suite struct GraphVerifierTests {
  private var values: [Graph.ValueInfo]
  private var nodes: [Node]
  private var inputs: [Graph.Port]
  private var outputs: [Graph.Port]

  init() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2, 3]))
    let w = builder.constant(
      TensorData([4, 3], float32: [Float](repeating: 1, count: 12)), name: "w")
    let dense = try builder.apply(FullyConnected(), [x, w], name: "dense")
    let clamp = try builder.apply(Clamp(range: .relu), [dense], name: "clamp")
    builder.output("y", clamp)
    let graph = builder.finish()
    (values, nodes, inputs, outputs) = (graph.values, graph.nodes, graph.inputs, graph.outputs)
  }

  private func verify() throws(GraphError) {
    try Graph(values: values, nodes: nodes, inputs: inputs, outputs: outputs).verify()
  }

  private func expect(_ error: GraphError, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: error, sourceLocation: sourceLocation) { try verify() }
  }

  private func node(
    _ index: Int, operation: (any Operator)? = nil, inputs: [Value]? = nil, outputs: [Value]? = nil
  ) -> Node {
    let node = nodes[index]
    return Node(
      operation: operation ?? node.operation, inputs: inputs ?? node.inputs,
      outputs: outputs ?? node.outputs, name: node.name)
  }

  @Test func aSoundGraphPasses() throws { try verify() }

  @Test mutating func nodesOutOfOrder() {
    nodes.swapAt(0, 1)
    expect(.readBeforeWritten(node: "clamp", input: 0))
  }

  @Test mutating func aNodeThatReadsItself() {
    nodes[1] = node(1, inputs: [Value(id: 3)])
    expect(.readBeforeWritten(node: "clamp", input: 0))
  }

  @Test(arguments: [4, -1]) mutating func aValueOfAnotherGraph(id: Int) {
    nodes[1] = node(1, inputs: [Value(id: id)])
    expect(.unknownValue(node: "clamp"))
  }

  @Test mutating func anOutputOfAnotherNode() {
    nodes[1] = node(1, outputs: [Value(id: 2)])
    expect(.originMismatch(value: "dense"))
  }

  @Test mutating func aWrongNumberOfOutputs() {
    nodes[1] = node(1, outputs: [])
    expect(.outputCount(node: "clamp"))
  }

  @Test mutating func aWrongNumberOfInputs() {
    nodes[0] = node(0, inputs: [Value(id: 0)])
    expect(.invalidNode(node: "dense", .inputCount(expected: 2...3, actual: 1)))
  }

  @Test mutating func inputsThatDoNotFit() {
    nodes[1] = node(1, operation: Reshape(shape: [9]))
    expect(.invalidNode(node: "clamp", .elementCount(input: 0, expected: 9, actual: 8)))
  }

  @Test mutating func aTypeThatIsNotTheInferredOne() {
    let wrong = TensorType(.float32, [4, 2])
    values[3] = Graph.ValueInfo(name: "clamp", type: wrong, origin: values[3].origin)
    expect(
      .typeMismatch(
        node: "clamp", output: 0, inferred: TensorType(.float32, [2, 4]), stated: wrong))
  }

  @Test mutating func aConstantOfAnotherType() {
    values[1] = Graph.ValueInfo(
      name: "w", type: TensorType(.float32, [12]), origin: values[1].origin)
    expect(.originMismatch(value: "w"))
  }

  @Test mutating func anInputThatNobodyBinds() {
    inputs = []
    expect(.originMismatch(value: "x"))
  }

  @Test mutating func anInputThatIsComputed() {
    inputs.append(Graph.Port(name: "z", value: Value(id: 2)))
    expect(.originMismatch(value: "dense"))
  }

  @Test mutating func anOutputThatIsNotThere() {
    outputs.append(Graph.Port(name: "z", value: Value(id: 9)))
    expect(.originMismatch(value: "z"))
  }

  @Test mutating func anOutputThatNoNodeWrites() {
    nodes.removeLast()
    expect(.originMismatch(value: "y"))
  }

  @Test mutating func noOutputs() {
    outputs = []
    expect(.noOutputs)
  }

  @Test mutating func twoPortsOfOneName() {
    outputs.append(outputs[0])
    expect(.duplicatePort(name: "y"))
  }
}
