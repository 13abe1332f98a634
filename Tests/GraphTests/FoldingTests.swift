// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

/// What is computed while a graph is built, and how exactly.
@Suite struct FoldingTests {
  private func int64s(_ values: Int64...) -> TensorData {
    TensorData([values.count], int64: values)
  }

  /// The contents of an operator's output; `nil` when it became a node.
  private func folded(
    _ operation: some Operator, _ inputs: TensorData..., allowance: Int = 1000
  ) throws -> TensorData? {
    var builder = GraphBuilder(foldingAllowance: allowance)
    let values = inputs.map { builder.constant($0) }
    let value = try builder.apply(operation, values)
    return builder.constant(value)
  }

  /// ONNX says "to the end" with the largest integer, which `Double` does not hold.
  @Test func movedIntegersAreExact() throws {
    let ends = int64s(.max, .max - 1, .min + 1, 1 << 53 + 1)
    #expect(try folded(Concatenation(axis: 0), ends, ends)?.bytes == ends.bytes + ends.bytes)
    let last = Slice(start: [3], step: [-1], count: [2])
    #expect(try folded(last, ends) == int64s(1 << 53 + 1, .min + 1))
    #expect(try folded(Gather(axis: 0), ends, int64s(-3)) == int64s(.max - 1))
  }

  @Test func integersDivideAsIntegers() throws {
    let divide = IntegerArithmetic(.divide)
    #expect(try folded(divide, int64s(7, -7, 8), int64s(2)) == int64s(3, -3, 4))
  }

  /// Beyond 2⁵³ the reference's numbers are not the integers': the node stays.
  @Test func inexactResultsAreLeftToTheProgram() throws {
    let add = IntegerArithmetic(.add)
    #expect(try folded(add, int64s(1 << 52), int64s(1 << 51)) == int64s(3 << 51))
    #expect(try folded(add, int64s(1 << 52), int64s(1 << 52)) == nil)
    #expect(try folded(add, int64s(.max), int64s(-1)) == nil)
    let most = TensorData([1], int32: [.max])
    #expect(try folded(add, most, most) == nil)
    #expect(try folded(Cast(from: .int64, to: .int32), int64s(1 << 40)) == int32(0))
  }

  private func int32(_ value: Int32) -> TensorData { TensorData([1], int32: [value]) }

  /// Weights are not shapes: they wait for the passes.
  @Test func onlyShapeDataIsComputed() throws {
    let weights = TensorData([3, 3], float32: [Float](repeating: 1, count: 9))
    #expect(try folded(Transpose(permutation: [1, 0]), weights) == nil)
    let scales = TensorData([2], float32: [0.5, 2])
    #expect(try folded(Multiply(), scales, scales)?.float32Values == [0.25, 4])
  }

  @Test func theAllowanceBoundsTheWork() throws {
    let zero = TensorData([], int64: [0])
    #expect(try folded(Expand(shape: [99]), zero, allowance: 100)?.type.shape == [99])
    #expect(try folded(Expand(shape: [100]), zero, allowance: 100) == nil)
    var builder = GraphBuilder(foldingAllowance: 100)
    let value = builder.constant(zero)
    let repeated = try (0..<4).map { _ in try builder.apply(Expand(shape: [40]), [value]) }
    #expect(repeated.map { builder.constant($0) != nil } == [true, true, false, false])
  }
}
