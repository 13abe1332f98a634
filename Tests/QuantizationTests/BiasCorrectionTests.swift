// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Quantization
import TensorCore
import Testing

struct BiasCorrectionTests {
  @Test("channels move by their mean difference; what is at an end does not count")
  func shifts() {
    var shifts = ChannelShifts(channels: 2)
    for _ in 0..<3 {
      shifts.add([1, 0, 3, 6, 2, 2], [0.5, 4, 2.5, 1, 1.5, 2.25], within: (0, 6))
    }
    #expect(shifts.values == [0.5, -0.25])
  }

  @Test("of a mean that runs do not agree on, the part of its variance is left out")
  func chance() {
    func shift(_ differences: [Float]) -> Double {
      var shifts = ChannelShifts(channels: 1)
      for difference in differences { shifts.add([difference], [0], within: (-10, 10)) }
      return shifts.values[0]
    }
    // A mean of 2, its variance 2 / 2.
    #expect(shift([1, 3]) == 1.5)
    #expect(shift([-1, 3, -2]) == 0)
    #expect(shift([2]) == 0, "one run does not say what is chance")
    #expect(shift([]) == 0)
  }

  /// The squared difference of the outputs' means, quantised and float, over the samples.
  private func shift(_ graph: Graph, _ samples: [[TensorData]], corrects: Bool) throws -> Double {
    var options = QuantizationOptions()
    options.effort = .low
    options.correctsBiases = corrects
    let quantized = try quantize(graph, samples: CalibrationSamples(samples), options: options)
    var sums = [Double](repeating: 0, count: 5)
    for inputs in samples {
      let (real, other) = (graph.reference(inputs)[0], quantized.graph.reference(inputs)[0])
      for channel in sums.indices { sums[channel] += other.values[channel] - real.values[channel] }
    }
    return sums.reduce(0) { $0 + $1 * $1 }
  }

  @Test("means of the outputs move towards the float model's")
  func network() throws {
    var (plain, corrected) = (0.0, 0.0)
    for seed: UInt64 in 1...4 {
      let graph = try smallNetwork(seed: seed)
      let samples = smallSamples(16, seed: seed)
      plain += try shift(graph, samples, corrects: false)
      corrected += try shift(graph, samples, corrects: true)
    }
    #expect(corrected < plain / 4)
  }

  @Test("biases are kept as they are unless that is clearly noisier on samples held out")
  func heldOut() throws {
    for seed: UInt64 in 1...4 {
      let graph = try smallNetwork(seed: seed)
      let samples = smallSamples(12, seed: seed)
      func noise(_ corrects: Bool?) throws -> Double {
        var options = QuantizationOptions()
        options.correctsBiases = corrects
        let quantized = try quantize(graph, samples: CalibrationSamples(samples), options: options)
        var noise = 0.0
        for index in stride(from: 1, to: samples.count, by: 2) {
          let (real, other) = (
            graph.reference(samples[index])[0].values,
            quantized.graph.reference(samples[index])[0].values
          )
          noise += zip(real, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        return noise
      }
      // Float kernels and the reference differ by roundings of float32.
      #expect(try noise(nil) <= 1.001 * noise(false), "seed \(seed)")
    }
  }

  @Test("less noise counts when it is more than two standard errors of the difference")
  func clearlyLess() {
    #expect(isClearlyLess([1, 2, 3, 4], than: [1.5, 2.5, 3.5, 4.5]))
    #expect(!isClearlyLess([1, 2, 3, 4], than: [1, 2, 3, 4]))
    #expect(!isClearlyLess([1, 2, 3, 4], than: [9, 1.9, 2.9, 3.9]), "one run is no proof")
    #expect(!isClearlyLess([1], than: [2]))
  }
}
