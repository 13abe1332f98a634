// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

@Suite struct GraphPrinterTests {
  @Test func everyLineSaysWhatAValueIs() throws {
    var builder = GraphBuilder()
    let quantization = QuantizationParameters(scale: 0.5, zeroPoint: -128)
    let image = builder.input("image", TensorType(.float32, [1, 4, 4, 3]))
    let weights = builder.constant(
      TensorData([8, 3, 3, 3], float32: [Float](repeating: 0, count: 216)))
    let features = try builder.apply(Convolution(), [image, weights], name: "conv1")
    let scores = try builder.apply(
      Quantize(), [features], quantization: quantization, name: "quantize")
    builder.output("scores", scores)
    #expect(
      builder.finish().description == """
        input   %0 image: float32 1x4x4x3
        %2 = Convolution(%0, const 8x3x3x3): float32 1x2x2x8   "conv1"
        %3 = Quantize(%2): int8 1x2x2x8 scale 0.5 zero -128   "quantize"
        output  %3 scores
        """)
  }
}
