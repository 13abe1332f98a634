// SPDX-License-Identifier: Apache-2.0
import Compiler
import Quantization
import TensorCore
import Testing

struct RoundingTests {
  /// Rows of correlated inputs.
  private func rows(_ count: Int, depth: Int, seed: UInt64) -> [Float] {
    var random = SplitMix64(seed: seed)
    return (0..<count).flatMap { _ in
      let shared = Float.random(in: -1...1, using: &random)
      return (0..<depth).map { _ in 0.8 * shared + Float.random(in: 0...0.6, using: &random) }
    }
  }

  private func error(_ errors: [Double], _ covariance: [Float]) -> Double {
    var sum = 0.0
    for (row, a) in errors.enumerated() {
      for (column, b) in errors.enumerated() {
        sum += a * b * Double(covariance[row * errors.count + column])
      }
    }
    return sum
  }

  @Test("moments are those of the rows, a hundredth of the mean variance added")
  func moments() {
    let (depth, count) = (3, 50)
    let rows = rows(count, depth: depth, seed: 1)
    var moments = InputMoments(depth: depth)
    moments.add(Array(rows[..<60]))
    moments.add(Array(rows[60...]))
    let columns = (0..<depth).map { column in
      (0..<count).map { Double(rows[$0 * depth + column]) }
    }
    let means = columns.map { $0.reduce(0, +) / Double(count) }
    var expected = [Double](repeating: 0, count: depth * depth)
    for a in 0..<depth {
      for b in 0..<depth {
        expected[a * depth + b] =
          zip(columns[a], columns[b]).reduce(0) { $0 + ($1.0 - means[a]) * ($1.1 - means[b]) }
          / Double(count)
      }
    }
    let damping = 0.01 * (0..<depth).reduce(0) { $0 + expected[$1 * depth + $1] } / Double(depth)
    for a in 0..<depth { expected[a * depth + a] += damping }
    #expect(zip(moments.means, means).allSatisfy { abs($0 - $1) < 1e-12 })
    // Products are added in float32: 50 terms of at most 2.
    #expect(zip(moments.covariance, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test("no better rounding is one change away", arguments: 1...12)
  func descent(seed: UInt64) {
    let depth = 10
    var random = SplitMix64(seed: seed)
    var moments = InputMoments(depth: depth)
    moments.add(rows(200, depth: depth, seed: seed + 100))
    let covariance = moments.covariance
    let values = (0..<depth).map { _ in Float.random(in: -1...1, using: &random) }
    let shape = Shape([1, depth])
    var weights = QuantizedWeights(values, shape: shape, axis: 0, scales: [0.1])
    func errors(_ levels: [Int8]) -> [Double] {
      zip(levels, values).map { Double(Float($0) * 0.1 - $1) }
    }
    let nearest = error(errors(weights.levels), covariance)
    let result = weights.round(Array(0..<depth), of: values, covariance: covariance)
    let found = error(result, covariance)
    #expect(found <= nearest)
    #expect(zip(result, errors(weights.levels)).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(result.allSatisfy { abs($0) < 0.1 + 1e-5 }, "both neighbours, and no further")

    for index in 0..<depth {
      var levels = weights.levels
      levels[index] += result[index] > 0 ? -1 : 1
      #expect(error(errors(levels), covariance) >= found * (1 - 1e-4))
    }
  }

  @Test("levels stay in −127 to 127")
  func saturation() {
    var moments = InputMoments(depth: 2)
    moments.add([1, 1, -1, -1, 0.5, 0.4])
    let values: [Float] = [12.74, -12.74]
    var weights = QuantizedWeights(values, shape: Shape([1, 2]), axis: 0, scales: [0.1])
    _ = weights.round([0, 1], of: values, covariance: moments.covariance)
    #expect(weights.levels.allSatisfy { (-127...127).contains($0) })
  }
}
