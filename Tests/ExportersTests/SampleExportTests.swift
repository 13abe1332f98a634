// SPDX-License-Identifier: Apache-2.0
import Exporters
import Graph
import Importers
import Operators
import TensorCore
import TestSupport
import Testing

/// Every sample of the catalogue as an ONNX model: imported again, and in ONNX Runtime.
struct SampleExportTests {
  /// One sample.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let sample: Sample

    var testDescription: String { "\(name) \(sample.label)" }

    static let all: [Case] = Catalogue.all.flatMap { type in
      type.samples.map { Case(name: type.name, sample: $0) }
    }

    /// The sample as a graph, and inputs that ONNX defines a result for.
    func graph() throws -> (graph: Graph, inputs: [TensorData]) {
      let filled = try SampleGraph(sample)
      guard name == Gather.name || name == GatherND.name else {
        return (filled.graph, filled.variables)
      }
      // The engine takes the nearest entry of an index that lies outside; ONNX refuses it.
      let extent = try #require(filled.inputs[0].type.shape.extents.min())
      return (
        filled.graph,
        filled.variables.map { input in
          guard let indices = input.indexValues else { return input }
          let inside = indices.map { min(max($0, -extent), extent - 1) }
          return input.type.dtype == .int32
            ? TensorData(input.type.shape, int32: inside.map { Int32($0) })
            : TensorData(input.type.shape, int64: inside.map { Int64($0) })
        }
      )
    }
  }

  /// What ONNX has no operators for, and why.
  static let refused = [
    // TFLite's own: ONNX's non-maximum suppression gives lists of another form.
    "DetectionPostProcess by box", "DetectionPostProcess by box, three classes each",
    "DetectionPostProcess by class",
  ]

  /// What there is in training alone: an exported model has none of it.
  static let trained = [
    Affine.name, AffinePair.name, BinaryCrossEntropy.name, Blend.name, BlendSquare.name,
    BlockProducts.name, BlockSquares.name, BlockSums.name, ClampGradient.name,
    ConvolutionWeightGradient.name, DenseInputGradient.name, DenseWeightGradient.name,
    DepthwiseInputGradient.name, DepthwiseWeightGradient.name, Descend.name, DescendScaled.name,
    Dropout.name, GatherGradient.name, Hinge.name, Huber.name, JoinBlocks.name,
    KullbackLeibler.name, MapGradient.name, MaxPoolGradient.name, MeanAbsoluteError.name,
    MeanSquaredError.name, NormalizationGradient.name, SoftmaxCrossEntropy.name,
    SoftmaxGradient.name, Triplet.name, TurnedFilters.name,
  ]

  static func isRefused(_ test: Case) -> Bool {
    (test.sample.operation as? any PackableOperator)?.packing != nil
      || trained.contains(test.name) || refused.contains(test.testDescription)
  }

  static let written = Case.all.filter { !isRefused($0) }

  @Test func whatONNXDoesNotHaveIsRefused() throws {
    for test in Case.all where Self.isRefused(test) {
      let graph = try test.graph().graph
      #expect(throws: ExportError.self, "\(test.testDescription)") { try exportONNX(graph) }
    }
  }

  @Test(arguments: written) func isTheSameWhenImportedAgain(_ test: Case) throws {
    let (graph, inputs) = try test.graph()
    let file = try exportONNX(graph)
    #expect(try exportONNX(graph) == file)
    let again = try importModel(file)
    #expect(again.inputs.map(\.name) == graph.inputs.map(\.name))
    #expect(again.outputs.map(\.name) == graph.outputs.map(\.name))
    for (new, old) in zip(again.inputs + again.outputs, graph.inputs + graph.outputs) {
      #expect(again.type(of: new.value).dtype == graph.type(of: old.value).dtype)
      #expect(again.type(of: new.value).shape == graph.type(of: old.value).shape)
    }
    let type = graph.type(of: graph.outputs[0].value)
    expectAgreement(
      again.reference(inputs)[0].values, graph.reference(inputs)[0].values, type)
  }

  @Test(.enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
  func isTheSameInONNXRuntime() throws {
    let runs = try Self.written.map { test in
      let (graph, inputs) = try test.graph()
      return ONNXRun(model: try exportONNX(graph), inputs: inputs)
    }
    for (test, result) in zip(Self.written, try runInONNXRuntime(runs)) {
      let (graph, inputs) = try test.graph()
      let type = graph.type(of: graph.outputs[0].value)
      switch result {
      case .success(let outputs):
        #expect(outputs[0].type.dtype == type.dtype, "\(test.testDescription)")
        #expect(outputs[0].type.shape == type.shape, "\(test.testDescription)")
        expectAgreement(
          ReferenceTensor(outputs[0].reinterpreted(as: type)).values,
          graph.reference(inputs)[0].values, type, test.testDescription)
      case .failure(let refusal):
        Issue.record("\(test.testDescription): \(refusal.text)")
      }
    }
  }
}

/// Expects two results to agree: reals to what float32 rounding of a small sum explains, quantised
/// ones within one step, others exactly.
func expectAgreement(
  _ actual: [Double], _ expected: [Double], _ type: TensorType, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.count == expected.count, "\(name)", sourceLocation: sourceLocation)
  let magnitude = expected.reduce(0) { max($0, abs($1)) }
  let limit =
    type.quantization?.perTensor.map { Double($0.scale) * (1 + 0x1p-20) }
    ?? (type.dtype.isFloat ? 0x1p-18 * magnitude : 0)
  let difference = zip(actual, expected).reduce(0.0) { worst, pair in
    pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) ? worst : max(worst, abs(pair.0 - pair.1))
  }
  let hasNaN = zip(actual, expected).contains { $0.isNaN != $1.isNaN }
  #expect(!hasNaN, "\(name)", sourceLocation: sourceLocation)
  #expect(difference <= limit, "\(name): \(difference)", sourceLocation: sourceLocation)
}
