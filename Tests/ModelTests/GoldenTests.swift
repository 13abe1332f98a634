// SPDX-License-Identifier: Apache-2.0
import Graph
import TestSupport
import Testing

/// Real models against the outputs that their own runtimes gave.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct GoldenTests {
  /// The answer is right, and the same raw, optimised and compiled.
  ///
  /// In both float classes, with every instruction set and thread count.
  @Test(arguments: SharedModel.all) func agreesWithItsOwnRuntime(_ model: SharedModel) throws {
    let golden = try model.golden()
    let graph = try golden.graph()
    let outputs = try checkThreeForms(
      graph, golden.inputs(of: graph), tolerance: model.formTolerance)
    try model.expect(outputs, of: graph, agreeWith: golden)
  }
}
