// SPDX-License-Identifier: Apache-2.0
import Quantization
import TensorCore
import Compiler
import TestSupport
import Testing

struct CalibrationMethodTests {
  private func seen(_ runs: [[Float]]) -> ActivationStatistics {
    var statistics = ActivationStatistics(channels: 1)
    for run in runs where !statistics.add(run) { Issue.record("not finite") }
    return statistics
  }

  /// Bell-shaped: the sum of twelve uniform numbers.
  private func bell(_ count: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0...1, using: &random) }
    }
  }

  @Test("all that was seen, and the mean of the runs' extremes")
  func extremes() {
    let statistics = seen([[-1, 2], [-3, 1], [0, 6]])
    #expect(CalibrationMethod.minMax.range(of: statistics) == -3.0...6)
    let mean = CalibrationMethod.movingAverage.range(of: statistics)
    #expect(abs(mean.lowerBound + 4.0 / 3) < 1e-6 && abs(mean.upperBound - 3) < 1e-6)
  }

  @Test("one value in 10,000 is left out at each end")
  func percentile() {
    var values = [Float](repeating: 0.5, count: 99_990) + [Float](repeating: 900, count: 5)
    values += [Float](repeating: -800, count: 5)
    let range = CalibrationMethod.percentile.range(of: seen([values]))
    #expect(range.upperBound < 1 && range.lowerBound >= -0.5)
    values += [Float](repeating: 900, count: 20)
    #expect(CalibrationMethod.percentile.range(of: seen([values])).upperBound > 899)
  }

  @Test(
    "even values are not clipped, a far outlier is", arguments: [CalibrationMethod.meanSquaredError]
  )
  func outlier(method: CalibrationMethod) {
    var random = SplitMix64(seed: 3)
    let even = (0..<20_000).map { _ in Float.random(in: -2...2, using: &random) }
    let whole = method.range(of: seen([even]))
    #expect(whole.upperBound > 1.9 && whole.lowerBound < -1.9)
    let range = method.range(of: seen([even + [60]]))
    #expect(range.upperBound < 30, "60 would cost every other value 15 levels of 16")
  }

  @Test("entropy clips the far tail of a bell with an outlier and keeps its body")
  func entropy() {
    let values = bell(100_000, seed: 5) + [80]
    let range = CalibrationMethod.entropy.range(of: seen([values]))
    #expect(range.upperBound < 20)
    #expect(range.upperBound > 2 && range.lowerBound < -2)
  }

  @Test("the chosen range has no more squared error than all that was seen")
  func leastSquares() {
    let values = bell(20_000, seed: 9) + [25, -13]
    let statistics = seen([values])
    func error(_ range: ClosedRange<Double>) -> Double {
      let parameters = QuantizationParameters(activations: range)
      let data = TensorData(Shape([values.count]), float32: values).quantized(parameters)
      return zip(values, data.int8Values).reduce(0) { sum, pair in
        let real =
          Double(parameters.scales[0]) * Double(Int32(pair.1) - parameters.zeroPoints[0])
        return sum + (Double(pair.0) - real) * (Double(pair.0) - real)
      }
    }
    let chosen = error(CalibrationMethod.meanSquaredError.range(of: statistics))
    #expect(chosen < error(CalibrationMethod.minMax.range(of: statistics)) / 2)
  }

  @Test("constants and zeros have a range", arguments: CalibrationMethod.allCases)
  func constants(method: CalibrationMethod) {
    for value: Float in [0, 3, -3, .leastNonzeroMagnitude, 3e38] {
      let range = method.range(of: seen([[value, value]]))
      let parameters = QuantizationParameters(activations: range)
      #expect(parameters.scales[0].isNormal)
      let data = TensorData(Shape([1]), float32: [value]).quantized(parameters)
      let level = Double(data.int8Values[0]) - Double(parameters.zeroPoints[0])
      let error = abs(level * Double(parameters.scales[0]) - Double(value))
      #expect(error <= Double(value.magnitude) / 255, "\(value) by \(method)")
    }
  }

  @Test("what is not finite is refused and leaves no trace")
  func notFinite() {
    var statistics = ActivationStatistics(channels: 2)
    let taken = [[1, .nan], [.infinity, 0]].map { statistics.add($0) }
    #expect(taken == [false, false])
    #expect(statistics.runCount == 0 && statistics.histogram.totalCount == 0)
  }
}
