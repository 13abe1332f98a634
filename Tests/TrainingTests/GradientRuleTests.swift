// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore
import TestSupport
import Testing
import Training

/// What gradients are where there is none: PyTorch's choices.
@Suite struct GradientRuleTests {
  @Test func halvesBetweenEquals() throws {
    let operands = [vector(1, 2, 3), vector(1, 3, 2)]
    #expect(
      try gradients(Maximum(), operands, vector(1, 10, 100)) == [[0.5, 0, 100], [0.5, 10, 0]])
    #expect(
      try gradients(Minimum(), operands, vector(1, 10, 100)) == [[0.5, 10, 0], [0.5, 0, 100]])
  }

  @Test(arguments: [(Reduce.Kind.maximum, 1.0), (.minimum, -1.0)])
  func sharesBetweenExtremes(_ kind: Reduce.Kind, _ sign: Double) throws {
    let x = ReferenceTensor([2, 3], [2, 2, 1, 0, 1, 3].map { sign * $0 })
    let dy = ReferenceTensor([2, 1], [6, 7])
    #expect(try gradients(Reduce(kind, axes: 1...1), [x], dy) == [[3, 3, 0, 0, 0, 7]])
  }

  @Test func stopsAtBounds() throws {
    let x = vector(-1, 0, 3, 6, 7)
    #expect(try gradients(Clamp(range: .relu6), [x], vector(1, 1, 1, 1, 1)) == [[0, 0, 1, 0, 0]])
    let sum = [x, vector(0, 0, 0, 0, 0)]
    let none = [Double](repeating: 0, count: 5)
    #expect(
      try gradients(Subtract(activation: .relu6), sum, vector(1, 1, 1, 1, 1))
        == [[0, 0, 1, 0, 0], none.enumerated().map { $0.offset == 2 ? -1 : 0 }])
  }

  @Test func hasRulesAtZero() throws {
    #expect(try gradients(Absolute(), [vector(-2, 0, 2)], vector(5, 5, 5)) == [[-5, 0, 5]])
    #expect(
      try gradients(PReLU(), [vector(-2, 0, 2), vector(0.5)], vector(4, 4, 4))
        == [[2, 2, 4], [-8]])
  }

  @Test func castsBack() throws {
    let cast = Cast(from: .float32, to: .float64)
    #expect(try gradients(cast, [vector(1, 2)], vector(3, 4), .float64) == [[3, 4]])
  }

  /// Every slice of an axis of up to six elements, against each element put where it was read.
  @Test func putsWhereItWasRead() throws {
    for extent in 1...6 {
      for (start, step) in (0..<extent).flatMap({ start in (-3...3).map { (start, $0) } })
      where step != 0 {
        for count in 1...extent where 0..<extent ~= start + (count - 1) * step {
          let slice = Slice(start: [0, start, 0], step: [1, step, 1], count: [2, count, 2])
          let dy = ReferenceTensor([2, count, 2], (1...4 * count).map { Double($0) })
          var expected = [Double](repeating: 0, count: 4 * extent)
          for (index, value) in dy.values.enumerated() {
            let (outer, k, inner) = (index / (2 * count), index / 2 % count, index % 2)
            expected[(outer * extent + start + k * step) * 2 + inner] = value
          }
          let x = ReferenceTensor([2, extent, 2], repeating: 0)
          let found = try gradients(slice, [x], dy)
          #expect(found == [expected], "\(slice) of \(extent)")
        }
      }
    }
  }

  /// What indices select has a gradient, what they were found by has none.
  @Test func doesNotFollowIndices() throws {
    var builder = GraphBuilder()
    let scores = builder.input("scores", TensorType(.float32, [2, 5]))
    let table = builder.input("table", TensorType(.float32, [5, 3]))
    let best = try builder.apply(ArgMax(axis: 1), [scores], name: "best")
    let y = try builder.apply(Gather(axis: 0), [table, best], name: "y")
    let seed = builder.input("dy", builder.type(of: y))
    #expect(throws: DifferentiationError.unreached(value: "scores")) {
      var copy = builder
      _ = try Training.gradients(&copy, seeds: [(y, seed)], wanted: [scores])
    }
    let found = try Training.gradients(&builder, seeds: [(y, seed)], wanted: [table])
    #expect(builder.type(of: found[0]).shape == [5, 3])
  }

  /// A slope that is no constant has a program all the same.
  @Test func computesTrainedSlopes() throws {
    var builder = GraphBuilder()
    let x = builder.input("x", TensorType(.float32, [2, 3]))
    let slope = builder.input("slope", TensorType(.float32, [3]))
    builder.output("y", try builder.apply(PReLU(), [x, slope], name: "y"))
    let program = try Program(copying: compile(builder.finish()).bytes)
    let inputs = [
      TensorData([2, 3], float32: [-1, 2, -4, 0, -2, 8]),
      TensorData([3], float32: [0.5, 3, 0.25]),
    ]
    #expect(try run(program, inputs)[0].storedValues == [-0.5, 2, -1, 0, -6, 8])
  }

  private func vector(_ values: Double...) -> ReferenceTensor {
    ReferenceTensor([values.count], values)
  }

  /// The gradients of all operands, for this gradient of the output.
  private func gradients(
    _ operation: some Operator, _ operands: [ReferenceTensor], _ dy: ReferenceTensor,
    _ dtype: DType = .float32
  ) throws -> [[Double]] {
    var builder = GraphBuilder()
    let inputs = operands.enumerated().map {
      builder.input("x\($0)", TensorType(.float32, $1.shape))
    }
    let y = try builder.apply(operation, inputs, name: "y")
    let seed = builder.input("dy", TensorType(dtype, dy.shape))
    let found = try Training.gradients(&builder, seeds: [(y, seed)], wanted: inputs)
    for (index, gradient) in found.enumerated() { builder.output("g\(index)", gradient) }
    return builder.finish().reference(operands + [dy], of: found).map(\.values)
  }
}
