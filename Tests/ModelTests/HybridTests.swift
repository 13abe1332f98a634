// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import TestSupport
import Testing

/// Weights in int8 for their size alone: arithmetic in float32.
struct HybridTests {
  /// LiteRT rounds the activations of such layers to 8 bits on the fly, its two kernel sets each in
  /// its own way; the nearer one is met as closely as float networks are.
  @Test(
    .enabled(if: Assets.isAvailable, Assets.skipMessage),
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
  func agreesWithTheNearerKernels() throws {
    let golden = try Golden("kws01_dscnn_hybrid_int8weights_tflite")
    let graph = try golden.graph()
    let inputs = try golden.inputs(of: graph)
    let output = try run(Program(copying: compile(graph).bytes), inputs)[0].storedValues
    let differences = try [false, true].map { isOptimised in
      let theirs = try withTemporaryFolder { folder in
        try PythonTools.oracle(
          model: Assets.url(golden.modelPath), inputs: [(graph.inputs[0].name, inputs[0])],
          isOptimised: isOptimised, in: folder)
      }
      let expected = try #require(theirs[graph.outputs[0].name]).storedValues
      return zip(output, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    // Of the largest magnitude, a probability near 1.
    #expect((differences.min() ?? .infinity) <= 1e-4, "\(differences)")
  }
}
