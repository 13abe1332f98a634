// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

@Suite struct BudgetTests {
  /// x → conv → conv: the second layer's input is the arena.
  private func graph() throws -> Graph {
    var f = Fixture()
    let x = f.input(1, 16, 16, 4)
    return try f.finish(f.convolution(f.convolution(x, channels: 8), channels: 8))
  }

  @Test func theReportCountsEverything() throws {
    let report = try compile(graph()).report
    #expect(report.arenaBytes == 16 * 16 * 8 * 4)
    #expect(report.lowerBoundBytes == report.arenaBytes)
    #expect(report.ioBytes == 16 * 16 * 4 * 4 + 16 * 16 * 8 * 4)
    #expect(report.stateBytes == 0)
    #expect(report.macCount == 256 * 9 * (4 * 8 + 8 * 8))
    #expect(report.peakItems.map(\.byteCount) == [report.arenaBytes])
    #expect(report.steps.allSatisfy { $0.liveBytes == report.arenaBytes })
  }

  @Test func aBudgetThatIsMetChangesNothing() throws {
    let free = try compile(graph())
    var options = CompileOptions()
    options.arenaBudget = free.report.arenaBytes
    options.memoryBudget = free.report.totalBytes
    #expect(try compile(graph(), options: options).bytes == free.bytes)
  }

  @Test func anArenaOverBudgetIsRefused() throws {
    let needed = try compile(graph()).report.arenaBytes
    var options = CompileOptions()
    options.arenaBudget = needed - 1
    #expect {
      try compile(graph(), options: options)
    } throws: { error in
      guard case CompileError.overBudget(let excess) = error else { return false }
      return excess.limit == .arena && excess.neededBytes == needed
        && excess.budgetBytes == needed - 1 && excess.largest.map(\.byteCount) == [needed]
    }
  }

  @Test func aProgramOverBudgetNamesItsLargestItems() throws {
    let needed = try compile(graph()).report.totalBytes
    var options = CompileOptions()
    options.memoryBudget = needed - 1
    #expect {
      try compile(graph(), options: options)
    } throws: { error in
      guard case CompileError.overBudget(let excess) = error else { return false }
      let sizes = excess.largest.map(\.byteCount)
      return excess.limit == .memory && excess.neededBytes == needed && sizes.count == 5
        && sizes == sizes.sorted(by: >)
    }
  }
}
