// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

/// `UNIDIRECTIONAL_SEQUENCE_LSTM` as LiteRT's converters write it, and what is refused.
@Suite struct RecurrentSpellingTests {
  /// A layer of 3 units over 5 steps of 2 elements.
  private struct Layer {
    var attributes: [String: AttributeValue] = [
      "fused_activation_function": .int(4), "cell_clip": .float(0), "time_major": .int(0),
    ]
    var input = TensorType(.float32, [1, 5, 2])
    var weights: QuantizationParameters?
    var output: QuantizationParameters?

    /// By input; `nil` where one is left out.
    var constants: [TensorData?]

    init() {
      constants = [TensorData?](repeating: nil, count: 24)
      for index in 1...4 { constants[index] = TensorData([3, 2], float32: [1, 2, 3, 4, 5, 6]) }
      for index in 5...8 {
        constants[index] = TensorData([3, 3], float32: (1...9).map { Float($0) })
      }
      for index in 12...15 { constants[index] = TensorData([3], float32: [Float(index), 0, 0]) }
      for index in 18...19 { constants[index] = TensorData([1, 3], float32: [0, 0, 0]) }
    }

    /// The weights as int8 of one scale each.
    mutating func quantizeWeights() {
      for index in 1...8 {
        guard let shape = constants[index]?.type.shape else { continue }
        constants[index] = TensorData(
          shape, int8: [Int8](repeating: 2, count: shape.elementCount),
          quantization: QuantizationParameters(scale: 0.01 * Float(index), zeroPoint: 0))
      }
    }

    /// Everything in int8, c in int16.
    mutating func quantize() {
      quantizeWeights()
      input.dtype = .int8
      input.quantization = QuantizationParameters(scale: 0.5, zeroPoint: -1)
      output = QuantizationParameters(scale: 1.0 / 128, zeroPoint: 0)
      for index in 12...15 { constants[index] = TensorData([3], int32: [1, 2, 3]) }
      constants[18] = TensorData([1, 3], int8: [0, 0, 0], quantization: output)
      let cell = QuantizationParameters(scale: 0x1p-12, zeroPoint: 0)
      constants[19] = TensorData(
        TensorType(.int16, [1, 3], quantization: cell), bytes: [UInt8](repeating: 0, count: 6))
    }

    func graph() throws -> Graph {
      let spelling = try #require(Catalogue.spelling(for: .tflite(44), version: 1))
      var builder = GraphBuilder()
      var inputs = constants.map { data in data.map { builder.constant($0) } }
      inputs[0] = builder.input("x", input)
      var node = ImportedNode(
        name: "lstm", attributes: Attributes(attributes), inputs: inputs,
        outputs: [ImportedNode.Output(name: "y", shape: nil, quantization: output)], version: 1,
        builder: builder)
      let outputs = try spelling.build(&node)
      node.builder.output("y", outputs[0])
      let graph = node.builder.finish()
      try graph.verify()
      return graph
    }

    func layer() throws -> LSTM {
      try #require(try graph().nodes.last?.operation as? LSTM)
    }
  }

  @Test func gatesComeInTheOrderOfTheOperator() throws {
    let graph = try Layer().graph()
    #expect(graph.type(of: graph.outputs[0].value) == TensorType(.float32, [1, 5, 3]))
    let bias = try #require(graph.constant(graph.nodes[0].inputs[3])).float32Values
    // Input, output, forget, cell of 12 input, 13 forget, 14 cell, 15 output.
    #expect([bias[0], bias[3], bias[6], bias[9]] == [12, 15, 13, 14])
  }

  @Test func timeMayComeFirst() throws {
    var layer = Layer()
    layer.attributes["time_major"] = .int(1)
    layer.input.shape = [5, 1, 2]
    #expect(try !layer.layer().isBatchMajor)
  }

  @Test func theCellIsClipped() throws {
    var layer = Layer()
    layer.attributes["cell_clip"] = .float(10)
    #expect(try layer.layer().cellRange == ActivationRange(min: -10, max: 10))
    layer.quantize()
    #expect(try layer.layer().cellRange == ActivationRange(min: -8, max: 8 - 0x1p-12))
    layer.attributes["cell_clip"] = .float(2)
    #expect(try layer.layer().cellRange == ActivationRange(min: -2, max: 2))
  }

  @Test func weightsQuantizedForSizeAreDequantized() throws {
    var layer = Layer()
    layer.quantizeWeights()
    let graph = try layer.graph()
    #expect(
      graph.nodes.map { type(of: $0.operation).name } == ["Dequantize", "Dequantize", "LSTM"])
    let joined = graph.type(of: graph.nodes[0].inputs[0])
    #expect(
      joined.quantization?.scales.map { ($0 * 100).rounded() } == [
        1, 1, 1, 4, 4, 4, 2, 2, 2, 3, 3, 3,
      ])
  }

  @Test func variantsAreRefused() {
    for index in [9, 10, 11, 16, 17, 20, 21, 22, 23] {
      var layer = Layer()
      layer.constants[index] = TensorData([3], float32: [1, 1, 1])
      #expect(throws: OperatorError.inputUnsupported(input: index)) { try layer.graph() }
    }
    for index in [1, 5, 12] {
      var layer = Layer()
      layer.constants[index] = nil
      #expect(throws: OperatorError.inputMissing(input: index)) { try layer.graph() }
    }
    for (name, value) in [
      ("fused_activation_function", AttributeValue.int(1)), ("cell_clip", .float(-1)),
      ("diagonal_recurrent_tensors", .int(1)),
    ] {
      var layer = Layer()
      layer.attributes[name] = value
      #expect(throws: OperatorError.attributeValue(name, value)) { try layer.graph() }
    }
  }

  @Test func aStateOfAnotherShapeIsRefused() {
    var layer = Layer()
    layer.constants[19] = TensorData([1, 4], float32: [0, 0, 0, 0])
    #expect(throws: OperatorError.shape(input: 19, expected: [1, 3], actual: [1, 4])) {
      try layer.graph()
    }
  }
}
