// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore
import Testing

/// TFLite's spellings of moves, comparisons and conversions.
extension SpellingTests {
  /// The first output for the numbers 0, 1, 2, … in x.
  private func moved(
    _ code: Int, _ x: Shape, _ rest: TensorData..., attributes: [String: AttributeValue] = [:]
  ) throws -> ReferenceTensor {
    let inputs = [Input.free(TensorType(.float32, x))] + rest.map { Input.constant($0) }
    return try build(.tflite(code), attributes, inputs).reference([floats(x, from: 0)])[0]
  }

  @Test func stridedSliceFollowsItsMasks() throws {
    // x[1, ::-1, 2:], with the ends left to the masks.
    let y = try moved(
      45, [2, 3, 4], ints([-1, 0, 2]), ints([0, 0, 0]), ints([1, -1, 1]),
      attributes: ["begin_mask": .int(2), "end_mask": .int(6), "shrink_axis_mask": .int(1)])
    #expect(y.shape == [3, 2])
    #expect(y.values == [22, 23, 18, 19, 14, 15])
    #expect(throws: OperatorError.attributeValue("ellipsis_mask", .int(1))) {
      try moved(
        45, [2], ints([0]), ints([1]), ints([1]), attributes: ["ellipsis_mask": .int(1)])
    }
  }

  @Test func sliceTakesTheRestForMinusOne() throws {
    let y = try moved(65, [2, 5], ints([1, 2]), ints([1, -1]))
    #expect(y.shape == [1, 3])
    #expect(y.values == [7, 8, 9])
    #expect(throws: OperatorError.attributeValue("begin", .ints([3]))) {
      try moved(65, [2], ints([3]), ints([1]))
    }
  }

  @Test func piecesMustMakeTheWhole() throws {
    #expect(try moved(102, [6, 1], ints([-1]), ints([0])).shape == [6, 1])
    #expect(throws: OperatorError.attributeValue("split", .ints([4]))) {
      try moved(102, [6, 1], ints([4]), ints([0]))
    }
  }

  @Test func reverseReadsBackwards() throws {
    #expect(try moved(105, [2, 3], ints([-1])).values == [2, 1, 0, 5, 4, 3])
  }

  @Test func unpackDropsTheAxis() throws {
    let y = try moved(88, [3, 1, 2], attributes: ["axis": .int(1)])
    #expect(y.shape == [3, 2])
  }

  @Test func packAddsAnAxis() throws {
    let x = TensorType(.float32, [2, 3])
    let graph = try build(.tflite(83), ["axis": .int(-1)], [.free(x), .free(x)])
    let y = graph.reference([floats([2, 3], from: 0), floats([2, 3], from: 10)])[0]
    #expect(y.shape == [2, 3, 2])
    #expect(y.values.prefix(4) == [0, 10, 1, 11])
  }

  @Test func tileRepeatsWholeAxes() throws {
    let y = try moved(69, [2, 2], ints([2, 3]))
    #expect(y.shape == [4, 6])
    #expect(y.values == [0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3])
  }

  @Test func blocksBecomeChannelsAndBack() throws {
    let depth = try moved(26, [1, 2, 4, 1], attributes: ["block_size": .int(2)])
    #expect(depth.shape == [1, 1, 2, 4])
    #expect(depth.values == [0, 1, 4, 5, 2, 3, 6, 7])
    let space = try moved(5, [1, 1, 2, 4], attributes: ["block_size": .int(2)])
    #expect(space.shape == [1, 2, 4, 1])
    #expect(space.values == [0, 1, 4, 5, 2, 3, 6, 7])
  }

  /// A condition of one axis chooses whole entries.
  @Test func selectOfEntries() throws {
    let condition = TensorData(TensorType(.bool, [2]), bytes: [0, 1])
    let graph = try build(
      .tflite(64), [:],
      [
        .constant(condition), .free(TensorType(.float32, [2, 2])),
        .constant(floats([2, 2], from: 10)),
      ])
    #expect(graph.reference([floats([2, 2], from: 0)])[0].values == [10, 11, 2, 3])
  }

  @Test func gatherInBatches() throws {
    let y = try moved(
      36, [2, 3], TensorData([2, 2], int32: [2, 0, 1, 1]),
      attributes: ["axis": .int(1), "batch_dims": .int(1)])
    #expect(y.values == [2, 0, 4, 4])
  }

  @Test func greaterIsLessTheOtherWayRound() throws {
    #expect(try moved(61, [3], TensorData([], float32: [1])).values == [0, 0, 1])
    #expect(try moved(62, [3], TensorData([], float32: [1])).values == [0, 1, 1])
  }

  @Test func castsGoToTheStatedType() throws {
    let graph = try build(
      .tflite(53), ["out_data_type": .int(2)], [.free(TensorType(.float32, [3]))])
    #expect(graph.type(of: graph.outputs[0].value).dtype == .int32)
    #expect(
      graph.reference([TensorData([3], float32: [-1.5, .nan, 3e9])])[0].values
        == [-1, 0, Double(Int32.max)])
    #expect(throws: OperatorError.attributeValue("out_data_type", .int(8))) {
      try build(.tflite(53), ["out_data_type": .int(8)], [.free(TensorType(.float32, [3]))])
    }
  }

  /// A scale of its own would have to be applied to the condition's choice: requantised before.
  @Test func extremaOfOtherScalesAreRequantised() throws {
    let graph = try build(
      .tflite(55), [:], [.free(int8([2], scale: 0.5)), .free(int8([2], scale: 0.25))],
      output: int8([2], scale: 0.5))
    #expect(graph.nodes.map { type(of: $0.operation).name } == ["Quantize", "Maximum"])
  }

  /// Positions as Python counts them, in the node itself.
  @Test(arguments: [
    (0, 5, 1, [0, 1, 2, 3, 4]), (-2, Int.max, 1, [3, 4]), (4, Int.min, -2, [4, 2, 0]),
    (9, -9, -4, [4, 0]), (1, 4, Int.max, [1]),
  ])
  func onnxSlicePositions(_ start: Int, _ end: Int, _ step: Int, _ expected: [Double]) throws {
    func vector(_ value: Int) -> Input { .constant(TensorData([1], int64: [Int64(value)])) }
    let graph = try build(
      .onnx("Slice"), [:],
      [.free(TensorType(.float32, [5])), vector(start), vector(end), vector(0), vector(step)])
    #expect(graph.reference([floats([5], from: 0)])[0].values == expected)
  }
}
