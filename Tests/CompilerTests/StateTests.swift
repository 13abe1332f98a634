// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import Testing

/// States: values that outlive a run, and what a run makes of them.
@Suite struct StateTests {
  private static let row = TensorType(.float32, Shape([3]))

  private static func floats(_ values: [Float]) -> TensorData {
    TensorData(TensorType(.float32, Shape([values.count])), bytes: littleEndianBytes(of: values))
  }

  /// `total` grows by x; y is what it was before.
  private static func counter(
    showing isShown: Bool
  ) throws -> Graph {
    var builder = GraphBuilder()
    let x = builder.input("x", row)
    let total = builder.state("total", floats([1, 2, 3]))
    let sum = try builder.apply(Add(), [total, x], name: "sum")
    builder.update(total, to: sum)
    builder.output("y", isShown ? total : try builder.apply(Negate(), [sum], name: "y"))
    return builder.finish()
  }

  private static func session(_ program: CompiledProgram) throws -> Session {
    try Session(try Program(copying: program.bytes))
  }

  private static func run(_ session: Session, _ x: [Float]) throws -> [Float] {
    try session.setInput(0, to: x)
    #expect(session.run() == .completed)
    return littleEndianArray(try session.outputBytes(0), as: Float.self)
  }

  @Test func anUpdateIsSeenByTheNextRun() throws {
    let session = try Self.session(try compile(Self.counter(showing: false)))
    #expect(try Self.run(session, [1, 1, 1]) == [-2, -3, -4])
    #expect(try Self.run(session, [1, 1, 1]) == [-3, -4, -5])
    session.resetState()
    #expect(try Self.run(session, [0, 0, 0]) == [-1, -2, -3])
  }

  @Test func anOldValueIsReadBeforeItIsReplaced() throws {
    let session = try Self.session(try compile(Self.counter(showing: true)))
    #expect(try Self.run(session, [1, 1, 1]) == [1, 2, 3])
    #expect(try Self.run(session, [5, 5, 5]) == [2, 3, 4])
    #expect(try Self.run(session, [5, 5, 5]) == [7, 8, 9])
  }

  @Test func anUpdateInPlaceTakesNoStepOfItsOwn() throws {
    let graph = try Self.counter(showing: false)
    let report = try compile(graph).report
    #expect(report.steps.map(\.name) == ["sum", "y"])
    #expect(report.arenaBytes == 0)
    #expect(report.stateBytes == 64)
    #expect(try compile(Self.counter(showing: true)).report.steps.map(\.name).contains("total"))
  }

  @Test func entryPointsShareStateByName() throws {
    var builder = GraphBuilder()
    let total = builder.state("total", Self.floats([1, 2, 3]))
    builder.output("y", try builder.apply(Negate(), [total], name: "read"))
    let entries = [
      EntryPointGraph("train", try Self.counter(showing: false)),
      EntryPointGraph("infer", builder.finish()),
    ]
    let program = try lower(entries, options: CompileOptions())
    let train = try Self.session(program)
    var options = Session.Options()
    options.entryPoint = 1
    let infer = try Session(sharing: train, options: options)
    _ = try Self.run(train, [1, 1, 1])
    #expect(infer.run() == .completed)
    #expect(littleEndianArray(try infer.outputBytes(0), as: Float.self) == [-2, -3, -4])
    let bytes = train.stateBytes
    _ = try Self.run(train, [9, 9, 9])
    infer.setStateBytes(bytes)
    #expect(try Self.run(train, [0, 0, 0]) == [-2, -3, -4])
  }

  @Test func entryPointsMustAgreeOnWhatAStateIs() throws {
    var builder = GraphBuilder()
    builder.output("y", builder.state("total", Self.floats([1, 2, 4])))
    let other = EntryPointGraph("infer", builder.finish())
    let train = EntryPointGraph("train", try Self.counter(showing: false))
    #expect(throws: CompileError.stateMismatch(name: "total")) {
      try lower([train, other], options: CompileOptions())
    }
  }

  @Test func anUpdateMustFitItsState() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, Shape([4])))
    let total = builder.state("total", Self.floats([1, 2, 3]))
    builder.output("y", total)
    builder.update(total, to: x)
    #expect(throws: GraphError.invalidUpdate(state: "total")) { try builder.finish().verify() }
  }
}
