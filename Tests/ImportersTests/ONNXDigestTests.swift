// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import Testing

/// The wire reader against the `onnx` package: every constant, node and attribute of the fixtures.
struct ONNXDigestTests {
  static let names = ModelFiles.fixtures.filter { $0.hasSuffix(".onnx") }

  @Test(arguments: names)
  func readsTheSameConstants(name: String) throws {
    let (model, digest) = try read(name)
    var constants: [String: TensorData] = [:]
    for value in model.values {
      if case .constant(let data) = value.origin { constants[value.name] = data }
    }
    #expect(Set(constants.keys) == Set(digest.constants.keys))
    for (name, data) in constants { expect(data, equals: digest.constants[name]) }
  }

  @Test(arguments: names)
  func readsTheSameNodes(name: String) throws {
    let (model, digest) = try read(name)
    #expect(model.nodes.count == digest.nodes.count)
    for (node, expected) in zip(model.nodes, digest.nodes) {
      #expect(node.operatorName == expected.operator)
      #expect(node.inputs.map { $0.map { model.values[$0].name } ?? "" } == expected.inputs)
      #expect(node.outputs.map { $0.map { model.values[$0].name } ?? "" } == expected.outputs)
      #expect(node.name == expected.name || expected.name.isEmpty)
      for (name, attribute) in expected.attributes {
        expect(node.attributes[name], equals: attribute)
      }
    }
  }

  private func read(_ name: String) throws -> (ForeignModel, ExpectedModel.Digest) {
    let model = try ForeignModel(ModelFiles.fixture(name))
    return (model, try #require(try ExpectedModel.all()[name]?.digest))
  }

  private func expect(_ data: TensorData, equals expected: ExpectedModel.Tensor?) {
    #expect(data.type.shape.extents == expected?.shape)
    #expect("\(data.type.dtype.name)" == expected?.dtype)
    // The digest writes as many digits as a float32 has.
    #expect(data.storedValues.map(Float.init) == expected?.values.map(Float.init))
  }

  private func expect(
    _ value: AttributeValue?, equals expected: ExpectedModel.Digest.Attribute
  ) {
    switch (value, expected) {
    case (.int(let value), .number(let expected)): #expect(Double(value) == expected)
    case (.float(let value), .number(let expected)): #expect(value == Float(expected))
    case (.string(let value), .string(let expected)): #expect(value == expected)
    case (.ints(let values), .numbers(let expected)): #expect(values.map(Double.init) == expected)
    case (.floats(let values), .numbers(let expected)):
      #expect(values == expected.map(Float.init))
    case (.tensor(let data), .tensor(let expected)): expect(data, equals: expected)
    default: Issue.record("\(String(describing: value)) instead of \(expected)")
    }
  }
}
