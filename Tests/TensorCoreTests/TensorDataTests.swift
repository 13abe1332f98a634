// SPDX-License-Identifier: Apache-2.0
import TensorCore
import Testing

struct TensorDataTests {
  @Test func storesLittleEndian() {
    let data = TensorData([2], int32: [1, -2])
    #expect(data.bytes == [1, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF])
    #expect(data.int32Values == [1, -2])
    #expect(data.storedValues == [1, -2])
    #expect(data.indexValues == [1, -2])
  }

  @Test func readsEveryDType() {
    let bytes: [UInt8] = [0x81, 0, 0, 0, 0, 0, 0, 0]
    func first(_ dtype: DType) -> Double {
      let count = 8 / dtype.byteCount
      return TensorData(TensorType(dtype, [count]), bytes: bytes).storedValues[0]
    }
    #expect(first(.int8) == -127)
    #expect(first(.uint8) == 129)
    #expect(first(.bool) == 1)
    #expect(first(.int16) == 129)
    #expect(first(.int32) == 129)
    #expect(first(.int64) == 129)
    #expect(first(.float16) == 129 * 0x1p-24)
    #expect(first(.float32) == Double(Float(bitPattern: 129)))
    #expect(first(.float64) == Double(bitPattern: 129))
  }

  @Test func floatsHaveNoIndexValues() {
    #expect(TensorData([1], float32: [3]).indexValues == nil)
  }

  /// Every binary16 pattern against the conversion of the processor.
  @Test func float16IsExact() {
    for bits in UInt16.min...UInt16.max {
      let expected = Double(Float16(bitPattern: bits))
      let actual = Double(float16: bits)
      #expect(actual == expected || (actual.isNaN && expected.isNaN), "\(bits)")
    }
  }
}

struct Float16RoundingTests {
  @Test func everyPatternComesBack() {
    for bits in UInt16.min...UInt16.max {
      let number = Double(float16: bits)
      #expect(number.isNaN || UInt16(float16: number) == bits)
    }
  }

  /// Between neighbours and at the ends, against the conversion of the processor.
  @Test func roundsToNearestEven() {
    var numbers: [Double] = [65519.999, 65520, 1e300, .infinity, 0x1p-25, 0x1.8p-25, 0x1p-26, 0.1]
    for bits in UInt16(0)..<0x7BFF {
      let (low, high) = (Double(float16: bits), Double(float16: bits + 1))
      numbers += [(low + high) / 2, low + (high - low) * 0.499, low + (high - low) * 0.501]
    }
    for number in numbers {
      #expect(UInt16(float16: number) == Float16(number).bitPattern, "\(number)")
      #expect(UInt16(float16: -number) == Float16(-number).bitPattern, "\(number)")
    }
  }
}

struct ScaleMapTests {
  @Test func blocksAlongTheMiddleAxis() {
    let parameters = QuantizationParameters(
      axis: 1, blockSize: 2, scales: (0..<2 * 2 * 2).map { Float($0 + 1) })
    let map = ScaleMap(parameters, [2, 3, 2])
    #expect((0..<12).map { map($0) } == [0, 1, 0, 1, 2, 3, 4, 5, 4, 5, 6, 7])
  }

  @Test func channelsAndTensors() {
    let channels = QuantizationParameters(axis: 1, scales: [1, 2, 3], zeroPoints: [0, 0, 0])
    #expect((0..<6).map { ScaleMap(channels, [2, 3])($0) } == [0, 1, 2, 0, 1, 2])
    let shared = QuantizationParameters(scale: 1, zeroPoint: 0)
    #expect((0..<6).map { ScaleMap(shared, [2, 3])($0) } == [0, 0, 0, 0, 0, 0])
  }
}

struct QuantizationParametersTests {
  @Test func sharedParametersAnswerForEveryChannel() {
    let shared = QuantizationParameters(scale: 0.5, zeroPoint: 3)
    #expect(shared.scale(ofChannel: 7) == 0.5)
    #expect(shared.zeroPoint(ofChannel: 7) == 3)
    #expect(shared.perTensor?.scale == 0.5)
  }

  @Test func channelsHaveTheirOwn() {
    let parameters = QuantizationParameters(axis: 0, scales: [0.5, 0.25], zeroPoints: [0, 1])
    #expect(parameters.scale(ofChannel: 1) == 0.25)
    #expect(parameters.zeroPoint(ofChannel: 1) == 1)
    #expect(parameters.perTensor == nil)
  }
}
