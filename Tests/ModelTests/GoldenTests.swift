// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import TestSupport
import Testing

/// Real models against the outputs that their own runtimes gave.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct GoldenTests {
  static let models = [
    "ad01_fp32_tflite", "ad01_int8_tflite", "efficientnet_lite0_fp32_onnx",
    "hello_world_fp32_tflite", "hello_world_int8_tflite", "ic01_resnet8_fp32_onnx",
    "ic01_resnet8_fp32_tflite", "ic01_resnet8_int8_tflite", "kws01_dscnn_fp32_tflite",
    "kws01_dscnn_int8_tflite", "mnist-8_onnx", "mobilenet_v1_0.25_224_fp32_tflite",
    "vww01_mobilenetv1_025_fp32_onnx", "vww01_mobilenetv1_025_fp32_tflite",
    "vww01_mobilenetv1_025_int8_tflite",
  ]

  /// The answer is right, and the same raw, optimised and compiled.
  ///
  /// In both float classes, with every instruction set and thread count.
  @Test(arguments: models) func agreesWithItsOwnRuntime(_ name: String) throws {
    let golden = try Golden(name)
    let graph = try importModel(Assets.bytes(golden.modelPath), options: ImportOptions())
    let outputs = try checkThreeForms(graph, inputs(of: graph, from: golden))
    try expect(outputs, of: graph, agreeWith: golden)
  }

  private func inputs(of graph: Graph, from golden: Golden) throws -> [TensorData] {
    try graph.inputs.map { port in
      let input = try #require(golden.inputs.first { $0.name == port.name })
      #expect(input.data.type.shape == graph.type(of: port.value).shape)
      return input.data
    }
  }

  private func expect(
    _ outputs: [TensorData], of graph: Graph, agreeWith golden: Golden
  ) throws {
    for output in golden.outputs {
      let index = try #require(graph.outputs.firstIndex { $0.name == output.name })
      let values = outputs[index].storedValues.enumerated()
        .filter { $0.offset % output.flatStride == 0 }.map(\.element)
      if outputs[index].type.dtype.isFloat {
        expectClose(values, output.reference.storedValues)
      } else {
        expectFewSteps(values, [output.reference, output.optimised].compactMap(\.self))
      }
    }
  }

  /// 1e-4 of the largest magnitude: two summation orders of these networks stay well within.
  private func expectClose(_ actual: [Double], _ expected: [Double]) {
    #expect(actual.count == expected.count)
    let magnitude = expected.reduce(0) { max($0, abs($1)) }
    let difference = zip(actual, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(difference <= 1e-4 * magnitude, "largest magnitude \(magnitude)")
  }

  /// Within the steps that rounding rules differ by, of at least one of the runtime's kernel sets.
  ///
  /// 99 % of the elements within one step, none beyond two: the runtime's own sets differ as much.
  private func expectFewSteps(_ actual: [Double], _ candidates: [TensorData]) {
    let differences = candidates.map { candidate in
      zip(actual, candidate.storedValues).map { abs($0 - $1) }
    }
    let isClose = differences.contains { differences in
      let beyondOne = differences.count { $0 > 1 }
      return differences.allSatisfy { $0 <= 2 }
        && (actual.count < 100 || beyondOne * 100 <= actual.count)
    }
    #expect(isClose, "largest differences \(differences.map { $0.max() ?? 0 })")
  }
}
