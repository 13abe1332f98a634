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
    var generator = SeededGenerator(seed: seed)
    var builder = GraphBuilder()
    var values: [Value] = []
    var inputs: [TensorData] = []
    for (index, input) in test.sample.inputs.enumerated() {
      switch input {
      case .variable(let type, let range):
        let stretched = range.lowerBound * stretch...range.upperBound * stretch
        inputs.append(randomTensor(type, in: stretched, using: &generator))
        values.append(builder.input("x\(index)", type))
      case .constant(let type, let range):
        inputs.append(randomTensor(type, in: range, using: &generator))
        values.append(builder.constant(inputs[index]))
      case .data(let data):
        inputs.append(data)
        values.append(builder.constant(data))
      }
    }
    let outputs = try builder.add(
      test.sample.operation, values, quantization: test.sample.outputQuantization, name: "node")
    try #require(outputs.count == 1)
    builder.output("y", outputs[0])
    graph = builder.finish()
    operation = test.sample.operation
    self.inputs = inputs
    output = graph.type(of: outputs[0])
    context = NodeContext(
      inputs: values.map { builder.type(of: $0) }, outputs: [output],
      constants: values.map { builder.constant($0) }, floatClass: test.floatClass)
  }

  /// The real numbers that the node means.
  var reference: ReferenceTensor {
    get throws {
      let variables = zip(inputs, context.constants).filter { $0.1 == nil }.map { $0.0 }
      return try #require(graph.reference(variables).first)
    }
  }
}
