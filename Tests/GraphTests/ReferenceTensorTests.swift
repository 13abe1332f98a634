// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore
import Testing

@Suite struct ReferenceTensorTests {
  @Test func storingUndoesReading() throws {
    let perChannel = QuantizationParameters(
      axis: 1, scales: [0.1, 3e-5, 7], zeroPoints: [0, 5, -9])
    let tensors = [
      TensorData([2, 2], float32: [1, -0.0, .infinity, Float.leastNonzeroMagnitude]),
      TensorData([2, 3], int8: [-128, 127, 0, 1, -1, 64], quantization: perChannel),
      TensorData(
        [2, 3], int32: [.min, .max, 0, 1, -1, 123_456_789], quantization: perChannel),
      TensorData([2], int64: [1 << 52, -7]),
    ]
    for tensor in tensors { #expect(ReferenceTensor(tensor).stored(as: tensor.type) == tensor) }
  }

  @Test func storingRoundsToEvenAndSaturates() throws {
    let type = TensorType(
      .int8, [5], quantization: QuantizationParameters(scale: 2, zeroPoint: 10))
    let stored = ReferenceTensor([5], [1, 3, -1, 1e9, -1e9]).stored(as: type)
    #expect(stored?.int8Values == [10, 12, 10, 127, -128])
  }

  @Test func nothingStoresNaNAsAnInteger() {
    #expect(ReferenceTensor([1], [.nan]).stored(as: TensorType(.int8, [1])) == nil)
  }
}
