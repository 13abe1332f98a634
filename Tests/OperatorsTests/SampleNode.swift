// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// A sample in one float class: an argument of the conformance tests.
struct SampleCase: CustomTestStringConvertible, Sendable {
  let name: String
  let sample: Sample
  let floatClass: FloatClass

  var testDescription: String { "\(name) \(sample.label), \(floatClass)" }

  /// Every sample of the catalogue; float32 ones in both classes.
  static let all: [SampleCase] = Catalogue.all.flatMap { type in
    type.samples.flatMap { sample in
      [FloatClass.fma, .muladd].map {
        SampleCase(name: type.name, sample: sample, floatClass: $0)
      }
    }
  }
}

extension SampleCase {
  /// Those of operators with a kernel of their own, in this form.
  static let withKernels = all.filter { !$0.isComposite }

  /// Those that are expanded to other operators.
  static let composites = all.filter { $0.isComposite }

  private var isComposite: Bool {
    guard let composite = sample.operation as? any CompositeOperator,
      let graph = try? SampleGraph(sample).graph
    else { return false }
    var builder = GraphBuilder(graph)
    return (try? composite.expanded(graph.nodes[0].inputs, &builder, name: "node")) != nil
  }
}

/// A sample with its inputs filled in, as a graph of one node.
struct SampleNode {
  let operation: any Operator
  let graph: Graph

  /// Every input of the node, constants too.
  let inputs: [TensorData]
  let output: TensorType
  let context: NodeContext

  /// Fills a sample's inputs; `stretch` multiplies the range of the variable ones, so that clamps
  /// and saturation work.
  init(_ test: SampleCase, stretch: Double = 1, seed: UInt64 = 1) throws {
    let sample = try SampleGraph(test.sample, stretch: stretch, seed: seed)
    graph = sample.graph
    inputs = sample.inputs
    let node = graph.nodes[0]
    output = graph.type(of: node.outputs[0])
    operation = test.sample.operation
    context = NodeContext(
      inputs: node.inputs.map { [graph] in graph.type(of: $0) }, outputs: [output],
      constants: node.inputs.map { [graph] in graph.constant($0) }, floatClass: test.floatClass)
  }

  /// The real numbers that the node means.
  var reference: ReferenceTensor {
    get throws {
      let variables = zip(inputs, context.constants).filter { $0.1 == nil }.map { $0.0 }
      return try #require(graph.reference(variables).first)
    }
  }
}
