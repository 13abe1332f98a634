// SPDX-License-Identifier: Apache-2.0
import Compiler
import Importers
import TestSupport
import Testing

/// What holds for every program, tried on real ones.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct DeterminismTests {
  @Test(arguments: ["kws01_dscnn_int8_tflite", "ic01_resnet8_fp32_onnx", "mnist-8_onnx"])
  func compilesToTheSameBytes(_ name: String) throws {
    let bytes = try Assets.bytes(Golden(name).modelPath)
    let first = try compile(importModel(bytes, options: ImportOptions()))
    let second = try compile(importModel(bytes, options: ImportOptions()))
    #expect(first.bytes == second.bytes)
  }
}
