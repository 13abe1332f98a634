// SPDX-License-Identifier: Apache-2.0
import CKernels
import Graph
import Operators
import TensorCore
import Testing

/// Int16 activations as foreign formats spell them.
@Suite struct WideSpellingTests {
  private func int16(_ shape: Shape, scale: Float, zeroPoint: Int32 = 0) -> TensorType {
    TensorType(
      .int16, shape, quantization: QuantizationParameters(scale: scale, zeroPoint: zeroPoint))
  }

  /// TFLite's 16x8: int16 activations, int8 weights, a bias of 64 bits without a scale.
  @Test func denseLayerOfInt16() throws {
    let weights = TensorData(
      [2, 3], int8: [127, -127, 3, 0, 1, 2],
      quantization: QuantizationParameters(axis: 0, scales: [0.5, 0.25], zeroPoints: [0, 0]))
    let bias = TensorData([2], int64: [3_000_000_000, -40])
    let graph = try SpellingTests().build(
      .tflite(9), ["fused_activation_function": .int(0)],
      [.free(int16([1, 3], scale: 0.125)), .constant(weights), .constant(bias)],
      output: int16([1, 2], scale: 8192))
    let node = try #require(graph.nodes.last)
    let context = NodeContext(
      inputs: node.inputs.map { graph.type(of: $0) },
      outputs: [int16([1, 2], scale: 8192)], constants: node.inputs.map { graph.constant($0) },
      floatClass: .muladd)
    guard case .steps(let requests, inPlace: _) = try node.operation.lower(context) else {
      Issue.record("a layer is a step")
      return
    }
    #expect(requests.map(\.contract) == [.UK_CONTRACT_s16_gemm_requant])
    guard case .constant(let bytes, .int64) = requests[0].operands[2] else {
      Issue.record("the bias has 64 bits")
      return
    }
    #expect(littleEndianArray(bytes, as: Int64.self).prefix(3) == [3_000_000_000, -40, 0])
  }

  @Test func otherZeroPointsAreRefused() throws {
    let sum = Add()
    #expect(throws: OperatorError.quantizationUnsupported(input: 0)) {
      _ = try sum.inferTypes([
        int16([2], scale: 1, zeroPoint: 1), int16([2], scale: 1),
      ])
    }
  }

  @Test func quantizeIsOfTheDeclaredWidth() throws {
    let graph = try SpellingTests().build(
      .tflite(114), [:], [.free(TensorType(.float32, [3]))], output: int16([3], scale: 0.5))
    #expect(graph.nodes.compactMap { ($0.operation as? Quantize)?.dtype } == [.int16])
    let y = graph.reference([TensorData([3], float32: [1.2, -1e9, 1e9])])[0]
    #expect(y.values == [1, -16384, 16383.5])
  }

  @Test(arguments: [true, false]) func quantizeLinearOfInt16(hasZeroPoint: Bool) throws {
    let zero = TensorData(TensorType(.int16, []), bytes: [0, 0])
    let graph = try SpellingTests().build(
      .onnx("QuantizeLinear"), hasZeroPoint ? [:] : ["output_dtype": .int(5)],
      [
        .free(TensorType(.float32, [3])), .constant(TensorData([], float32: [0.5])),
        hasZeroPoint ? .constant(zero) : .omitted,
      ])
    #expect(graph.type(of: graph.outputs[0].value) == int16([3], scale: 0.5))
  }

  @Test func unknownWidthsAreRefused() throws {
    #expect(throws: OperatorError.attributeValue("output_dtype", .int(4))) {
      _ = try SpellingTests().build(
        .onnx("QuantizeLinear"), ["output_dtype": .int(4)],
        [.free(TensorType(.float32, [3])), .constant(TensorData([], float32: [0.5]))])
    }
  }
}
