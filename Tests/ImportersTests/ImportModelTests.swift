// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import Testing

/// Well-formed models: ports, types, and the same numbers as the models' own runtimes.
struct ImportModelTests {
  /// The fixtures are small: a few dozen float32 operations by the runtime, each off by at most
  /// 2⁻²⁴ of magnitudes below 4.
  static let floatTolerance = 1e-5

  @Test(arguments: ModelFiles.fixtures)
  func meansWhatItsRuntimeComputes(name: String) throws {
    let graph = try importModel(ModelFiles.fixture(name))
    let expected = try #require(try ExpectedModel.all()[name])
    let inputs = try graph.inputs.map { try #require(expected.inputs[$0.name]).data }
    let outputs = graph.reference(inputs)
    #expect(graph.outputs.map(\.name).sorted() == expected.outputs.keys.sorted())
    for (port, output) in zip(graph.outputs, outputs) {
      let stated = try #require(expected.outputs[port.name])
      let type = graph.type(of: port.value)
      #expect(type.shape.extents == stated.shape)
      #expect("\(type.dtype.name)" == stated.dtype)
      let reals = ReferenceTensor(stated.data.reinterpreted(as: type)).values
      // LiteRT's integer softmax is good to one step.
      let tolerance = type.quantization.map { Double($0.scales[0]) } ?? Self.floatTolerance
      for (actual, expected) in zip(output.values, reals) {
        #expect(abs(actual - expected) <= tolerance * 1.001)
      }
    }
  }

  @Test func keepsPortsOfONNX() throws {
    let graph = try importModel(ModelFiles.fixture("classifier.onnx"))
    #expect(graph.inputs.map(\.name) == ["image"])
    #expect(graph.type(of: graph.inputs[0].value) == TensorType(.float32, [1, 2, 6, 6]))
    #expect(graph.outputs.map(\.name) == ["probabilities"])
  }

  @Test func keepsQuantizationOfTFLite() throws {
    let graph = try importModel(ModelFiles.fixture("classifier_int8.tflite"))
    let image = QuantizationParameters(scale: 0.02, zeroPoint: -3)
    #expect(
      graph.type(of: graph.inputs[0].value) == TensorType(.int8, [1, 4, 4, 2], quantization: image))
    let weights = graph.values.first { $0.name == "kernel" }?.type.quantization
    #expect(weights?.granularity == .perChannel(axis: 0))
    #expect(weights?.scales == [0.01, 0.02, 0.005])
    let output = graph.type(of: graph.outputs[0].value)
    #expect(output.quantization == QuantizationParameters(scale: 1 / 256, zeroPoint: -128))
  }

  @Test func initializersListedAsInputsAreConstants() throws {
    let graph = try importModel(ModelFiles.fixture("old_and_unsorted.onnx"))
    #expect(graph.inputs.map(\.name) == ["x"])
  }

  @Test func fillsFreeDimensionsWithGivenShape() throws {
    let bytes = try ModelFiles.fixture("classifier.onnx")
    let graph = try importModel(
      bytes, options: ImportOptions(inputShapes: ["image": [3, 2, 6, 6]]))
    #expect(graph.type(of: graph.outputs[0].value).shape == [3, 3])
  }

  @Test func refusesShapeThatTheModelFixes() throws {
    let bytes = try ModelFiles.fixture("classifier.onnx")
    let error = importError(bytes, options: ImportOptions(inputShapes: ["image": [1, 2, 7, 7]]))
    #expect(
      error
        == .input(
          .shapeMismatch(
            name: "image", stated: [.free("batch"), .fixed(2), .fixed(6), .fixed(6)],
            given: [1, 2, 7, 7])))
  }

  @Test func refusesUnknownInput() throws {
    let bytes = try ModelFiles.fixture("classifier.onnx")
    let error = importError(bytes, options: ImportOptions(inputShapes: ["imagee": [1, 2, 6, 6]]))
    #expect(error == .input(.unknownName("imagee", known: ["image"])))
  }
}
