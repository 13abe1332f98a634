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

  @Test("entropy clips the far tail of a bell with an outlier and keeps its body")
  func entropy() {
    let values = bell(100_000, seed: 5) + [80]
    let range = CalibrationMethod.entropy.range(of: seen([values]))
    #expect(range.upperBound < 20)
    #expect(range.upperBound > 2 && range.lowerBound < -2)
  }

  /// The squared error of rounding values to the int8 of a range.
  private func error(_ values: [Float], _ range: ClosedRange<Double>) -> Double {
    let parameters = QuantizationParameters(activations: range)
    let data = TensorData(Shape([values.count]), float32: values).quantized(parameters)
    return zip(values, data.int8Values).reduce(0) { sum, pair in
      let real = Double(parameters.scales[0]) * Double(Int32(pair.1) - parameters.zeroPoints[0])
      return sum + (Double(pair.0) - real) * (Double(pair.0) - real)
    }
  }

  @Test("no range of a fine grid has less squared error, but for the histogram's coarseness")
  func leastSquares() {
    let values = bell(20_000, seed: 9) + [7, 8, -6.5]
    let statistics = seen([values])
    let found = error(values, CalibrationMethod.meanSquaredError.range(of: statistics))
    #expect(found < error(values, CalibrationMethod.minMax.range(of: statistics)))
    let best = stride(from: -6.5, to: -2, by: 0.25).flatMap { low in
      stride(from: 2.0, through: 8, by: 0.25).map { error(values, low...$0) }
    }.min()
    #expect(found <= 1.05 * (best ?? 0))
  }

  @Test("room for what was not seen: where values are few, and only as far as they can reach")
  func headroom() {
    let method = CalibrationMethod.meanSquaredError
    let all = -Double.infinity ... .infinity
    let few = seen([[0, 1, 4], [0, 2, 3]])
    #expect(method.range(of: few).upperBound <= 4)
    #expect(method.range(of: few, attainable: all).upperBound > 4)
    #expect(method.range(of: few, attainable: 0...4.2).upperBound == 4.2)
    #expect(method.range(of: few, attainable: all).lowerBound == 0)
    // The more runs were seen, the less.
    let values = bell(10_000, seed: 3)
    let once = method.range(of: seen([values]), attainable: all)
    let often = method.range(
      of: seen((0..<200).map { Array(values[50 * $0..<50 * $0 + 50]) }), attainable: all)
    #expect(often.upperBound < once.upperBound && often.lowerBound > once.lowerBound)
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
      // What has no normal scale counts as 0.
      let bound = max(Double(value.magnitude) / 255, Double(Float.leastNormalMagnitude))
      #expect(error <= bound, "\(value) by \(method)")
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
