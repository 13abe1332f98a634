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

  /// What a budget of one byte leads to.
  private func excess(
    of graph: Graph, _ limit: BudgetExcess.Limit, _ options: CompileOptions = CompileOptions()
  ) throws -> BudgetExcess {
    var options = options
    switch limit {
    case .arena: options.arenaBudget = 1
    case .memory: options.memoryBudget = 1
    }
    let error = #expect(throws: CompileError.self) { try compile(graph, options: options) }
    guard case .overBudget(let excess) = error else { throw try #require(error) }
    return excess
  }

  @Test func theLargestItemsAreOfEveryKind() throws {
    let kinds = try excess(of: graph(), .memory).largest.map(\.kind)
    #expect(kinds == [.scratch, .activation, .output, .constants, .input])
    #expect(try excess(of: graph(), .arena).largest.map(\.kind) == [.activation])
  }

  /// Each change is made by hand as well, and compiled.
  @Test func remediesAreWhatTheyWouldCompileTo() throws {
    let remedies = try excess(of: graph(), .arena).remedies
    let half = Shape([1, 8, 8, 4])
    let changes: [BudgetExcess.Remedy.Change] = [
      .int8AndInput(name: "x", half), .input(name: "x", half), .int8,
    ]
    #expect(remedies.map(\.change) == changes)
    // Float: the first layer's output of 8 channels. In 8 bits the second layer's, too, since the
    // model's own output stays float.
    let (pixels, halfPixels) = (16 * 16, 8 * 8)
    let needed = [halfPixels * (8 + 8), halfPixels * 8 * 4, pixels * (8 + 8)]
    #expect(remedies.map(\.neededBytes) == needed)
  }

  @Test func aSmallerInputIsOnlyOfferedWhereTheModelTakesIt() throws {
    var f = Fixture()
    let x = f.input(1, 8, 8, 4)
    let flat = try f.apply(Reshape(shape: [1, 256]), f.convolution(x, channels: 4))
    let graph = try f.finish(f.apply(FullyConnected(), flat, f.weights(10, 256)))
    let changes = try excess(of: graph, .memory).remedies.map(\.change)
    #expect(changes == [.int8])
  }

  @Test func depthwiseLayersMayGoInPlace() throws {
    var f = Fixture()
    let x = try f.apply(Clamp(range: .relu), f.input(1, 16, 16, 8))
    let operation = DepthwiseConvolution(padding: Padding(top: 1, left: 1, bottom: 1, right: 1))
    let y = try f.apply(operation, x, f.weights(3, 3, 8))
    let graph = try f.finish(f.apply(Clamp(range: .relu), f.apply(Add(), y, y)))
    var options = CompileOptions()
    options.inPlaceDepthwise = .never
    let remedy = try excess(of: graph, .arena, options).remedies.first {
      $0.change == .inPlaceDepthwise
    }
    #expect(try remedy?.neededBytes == compile(graph).report.arenaBytes)
  }
}
