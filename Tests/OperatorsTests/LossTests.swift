// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing

/// Losses against their closed forms, and compiled where a naive form would overflow.
@Suite struct LossTests {
  /// A loss of rows, by its meaning and by its parts as a program.
  private func losses(
    _ operation: some Loss, _ shape: Shape, _ rows: [Float]...
  ) throws -> (meaning: [Double], compiled: [Double]) {
    var builder = GraphBuilder()
    let tensors = rows.map { TensorData(shape, float32: $0) }
    let inputs = tensors.enumerated().map { builder.input("x\($0)", $1.type) }
    builder.output("y", try builder.apply(operation, inputs, name: "loss"))
    let graph = builder.finish()
    let program = try Program(copying: compile(graph).bytes)
    return (graph.reference(tensors)[0].values, try run(program, tensors)[0].storedValues)
  }

  private func expect(
    _ actual: (meaning: [Double], compiled: [Double]), _ expected: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual.meaning.count == expected.count, sourceLocation: sourceLocation)
    for (value, number) in zip(actual.meaning, expected) {
      #expect(abs(value - number) <= 1e-7 * max(1, abs(number)), sourceLocation: sourceLocation)
    }
    for (value, number) in zip(actual.compiled, expected) {
      #expect(abs(value - number) <= 1e-6 * max(1, abs(number)), sourceLocation: sourceLocation)
    }
  }

  /// Softmax of (log 1, log 2, log 5) is (⅛, ¼, ⅝).
  private let logits: [Float] = [0, 0.6931472, 1.6094379]

  @Test func crossEntropyIsTheWeightedSurprise() throws {
    expect(
      try losses(SoftmaxCrossEntropy(), [1, 3], logits, [0, 0, 1]), [logarithm(1.6)])
    // A class's weight of 2, and a smoothing of 0.3 over three classes.
    expect(
      try losses(SoftmaxCrossEntropy(), [1, 3], logits, [0, 2, 0]), [2 * logarithm(4)])
    expect(
      try losses(SoftmaxCrossEntropy(), [1, 3], logits, [0.1, 0.1, 0.8]),
      [0.1 * logarithm(8) + 0.1 * logarithm(4) + 0.8 * logarithm(1.6)])
  }

  @Test func crossEntropyDoesNotOverflow() throws {
    expect(
      try losses(
        SoftmaxCrossEntropy(), [3, 2], [1e4, -1e4, 1e4, -1e4, 3e4, 3e4], [1, 0, 0, 1, 0.5, 0.5]),
      [0, 2e4, logarithm(2)])
    expect(
      try losses(BinaryCrossEntropy(), [4], [200, -200, 200, 0], [1, 0, 0, 0.25]),
      [0, 0, 200, logarithm(2)])
  }

  @Test func binaryCrossEntropyIsThatOfTheLogisticFunction() throws {
    // σ(log 3) = ¾.
    let x: Float = 1.0986123
    expect(
      try losses(BinaryCrossEntropy(), [2, 2], [x, x, -x, x], [1, 0, 1, 0.5]),
      [
        (logarithm(4 / 3.0) + logarithm(4)) / 2,
        (logarithm(4) + 0.5 * logarithm(4 / 3.0) + 0.5 * logarithm(4)) / 2,
      ])
  }

  @Test func errorsAreMeansOverElements() throws {
    let (x, t): ([Float], [Float]) = ([1, 2, -3, 0.5], [1.5, 2, 1, -1.5])
    expect(try losses(MeanSquaredError(), [2, 2], x, t), [0.125, 10])
    expect(try losses(MeanAbsoluteError(), [2, 2], x, t), [0.25, 3])
    expect(try losses(Huber(), [2, 2], x, t), [0.0625, 2.5])
    expect(try losses(Huber(delta: 2), [2, 2], x, t), [0.0625, 4])
  }

  @Test func divergenceIsZeroOfEqualDistributionsAndSkipsZeros() throws {
    expect(try losses(KullbackLeibler(), [1, 3], logits, [0.125, 0.25, 0.625]), [0])
    expect(
      try losses(KullbackLeibler(), [1, 3], logits, [0, 0.5, 0.5]),
      [0.5 * logarithm(2) + 0.5 * logarithm(0.8)])
    expect(
      try losses(KullbackLeibler(temperature: 2), [1, 3], logits.map { 2 * $0 }, [0, 0.5, 0.5]),
      [4 * (0.5 * logarithm(2) + 0.5 * logarithm(0.8))])
  }

  @Test func hingeComparesTheClassWithTheOthers() throws {
    expect(
      try losses(Hinge(), [2, 3], [2, 1.5, -1, 0, 3, 0.25], [1, 0, 0, 0, 0, 1]),
      [0.5 / 3, (0.75 + 3.75) / 3])
    expect(
      try losses(Hinge(margin: 0.25), [1, 3], [2, 1.5, -1], [1, 0, 0]), [0])
  }

  @Test func tripletComparesDistances() throws {
    expect(
      try losses(
        Triplet(), [2, 2], [0, 0, 0, 0], [3, 4, 3, 4], [2.7, 3.6, 4.2, 5.6]),
      [1.5, 0])
  }

  /// Sums turn NaN to −∞; were that clamped to 0, a network that has broken would seem perfect.
  @Test func showsWhatIsNoNumber() throws {
    let one: [Float] = [.nan, 1]
    let other: [Float] = [0, 1]
    let results = [
      try losses(SoftmaxCrossEntropy(), [1, 2], one, other),
      try losses(KullbackLeibler(), [1, 2], one, other),
      try losses(Hinge(), [1, 2], one, other),
      try losses(BinaryCrossEntropy(), [1, 2], one, other),
      try losses(MeanSquaredError(), [1, 2], one, other),
      try losses(MeanAbsoluteError(), [1, 2], one, other),
      try losses(Huber(), [1, 2], one, other),
      try losses(Triplet(), [1, 2], one, other, other),
    ]
    for (index, result) in results.enumerated() {
      #expect(!result.compiled[0].isFinite, "\(index)")
    }
  }

  @Test func refusesWhatDoesNotFit() {
    let row = TensorType(.float32, [2, 3])
    let other = TensorType(.float32, [2, 4])
    #expect(throws: OperatorError.shape(input: 1, expected: [2, 3], actual: [2, 4])) {
      try SoftmaxCrossEntropy().inferTypes([row, other])
    }
    #expect(throws: OperatorError.rank(input: 0, expected: 2...2, actual: 1)) {
      try Hinge().inferTypes([TensorType(.float32, [3]), TensorType(.float32, [3])])
    }
    #expect(throws: OperatorError.dtype(input: 1, actual: .int32)) {
      try MeanSquaredError().inferTypes([row, TensorType(.int32, [2, 3])])
    }
    #expect(throws: OperatorError.attributeValue("delta", .float(0))) {
      try Huber(delta: 0).inferTypes([row, row])
    }
  }
}
