// SPDX-License-Identifier: Apache-2.0
import Graph
import Importers
import TensorCore
import Testing

/// The prose: every error says what, where and what to do.
struct ImportErrorTests {
  static let node = NodeLocation(name: "conv1", operatorName: "Conv", byteOffset: 300)

  static let operatorErrors: [OperatorError] = [
    .inputCount(expected: 2...3, actual: 1), .rank(input: 0, expected: 4...4, actual: 5),
    .dtype(input: 1, actual: .int8), .shape(input: 2, expected: [8], actual: [4]),
    .shapesDoNotBroadcast([2, 3], [4]), .broadcastUnsupported([2, 3, 4], [3, 1]),
    .elementCount(input: 0, expected: 12, actual: 10), .axis(7, rank: 4), .emptyOutput, .tooLarge,
    .inputNotConstant(input: 1), .quantizationMissing(input: 0),
    .quantizationUnsupported(input: 1), .outputQuantizationMissing, .accumulatorOverflow,
    .attributeMissing("axis"), .attributeType("axis"), .attributeValue("group", .int(3)),
  ]

  @Test(arguments: operatorErrors)
  func nodeErrorsNameTheNode(error: OperatorError) {
    let text = "\(ImportError.node(Self.node, .refused(error)))"
    #expect(text.hasPrefix("Node \"conv1\" (Conv) at byte 300 (0x12c): "))
    #expect(text.hasSuffix("."))
    #expect(text.count > 60)
  }

  @Test func inputsCountFromOne() {
    let text = "\(ImportError.node(Self.node, .refused(.inputNotConstant(input: 1))))"
    #expect(text.contains("input 2 is computed while the model runs"))
  }

  @Test func unsupportedOperatorsAreListedTogether() {
    let error = ImportError.unsupportedOperators([
      UnsupportedOperator(operatorName: "LSTM", count: 3, firstNode: "rnn", byteOffset: 16),
      UnsupportedOperator(operatorName: "NonZero", count: 1, firstNode: "mask", byteOffset: 255),
    ])
    #expect(
      "\(error)" == """
        The model uses operators that are not supported:
          LSTM (3x), first "rnn" at byte 16 (0x10)
          NonZero (1x), first "mask" at byte 255 (0xff)
        Replace them before export, or cut the model in front of them and run the rest elsewhere.
        """)
  }

  @Test func longNamesAreCut() {
    let name = String(repeating: "n", count: 100_000)
    #expect("\(ImportError.structure(.undefinedOutput(name: name)))".count < 300)
  }
}
