// SPDX-License-Identifier: Apache-2.0
import Compiler
import TestSupport
import Testing

/// What holds for every program, tried on real ones.
@Suite(.enabled(if: Assets.isAvailable, Assets.skipMessage))
struct DeterminismTests {
  @Test(arguments: SharedModel.all)
  func compilesToTheSameBytes(_ model: SharedModel) throws {
    let golden = try model.golden()
    let first = try compile(golden.graph())
    let second = try compile(golden.graph())
    #expect(first.bytes == second.bytes)
  }
}
