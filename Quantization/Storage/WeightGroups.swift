// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The weights of a dense layer in few bits: levels, and a scale for each run of an output
/// channel's inputs.
package struct WeightGroups {
  package let columns: Int
  package let depth: Int

  /// How many inputs share a scale.
  package let groupSize: Int

  /// Which levels there are.
  package let range: ClosedRange<Int>

  /// `[columns, depth]`.
  package private(set) var levels: [Int8]

  /// `[columns, groups]`; normal numbers.
  package private(set) var scales: [Float]

  /// Rounds weights, `[columns, depth]`, to nearest.
  ///
  /// `importance` says for each input how much a squared error of its weights counts; `nil` for all
  /// alike.
  package init(
    _ weights: [Float], columns: Int, depth: Int, format: StorageFormat, importance: [Float]? = nil
  ) {
    self.columns = columns
    self.depth = depth
    let isInt4 = format == .int4
    groupSize = isInt4 ? 32 : depth
    range = isInt4 ? -8...7 : -127...127
    (levels, scales) = ([], [])
    levels.reserveCapacity(weights.count)
    for column in 0..<columns {
      for start in stride(from: 0, to: depth, by: groupSize) {
        let inputs = start..<min(start + groupSize, depth)
        let group = inputs.map { weights[column * depth + $0] }
        let scale =
          isInt4
          ? leastSquaresScale(group, range, importance.map { Array($0[inputs]) })
          : symmetricScale(group.reduce(0) { max($0, abs($1)) }) ?? 1
        scales.append(scale)
        levels += group.map { Int8(level($0, scale, range)) }
      }
    }
  }

  private var groupCount: Int { blockCount(depth, groupSize) }

  /// The levels with their scales, in the shape of the layer's weights.
  package func data(_ shape: Shape) -> TensorData {
    let isWhole = groupSize == depth
    return TensorData(
      shape, int8: levels,
      quantization: isWhole && range.upperBound > 7
        ? QuantizationParameters(
          axis: 0, scales: scales, zeroPoints: [Int32](repeating: 0, count: columns))
        : QuantizationParameters(axis: shape.rank - 1, blockSize: groupSize, scales: scales))
  }

  /// Rounds the weights of one output channel so that its outputs change least.
  ///
  /// With d the rounding errors and H the covariance of the inputs, the outputs' squared error is
  /// `dᵀ H d`. Weight by weight, the best level beside the others as they are is taken, from the
  /// nearest on, until none changes. Source: Behdin et al. 2023, arXiv:2309.01885 (QuantEase).
  ///
  /// - Returns: d.
  package mutating func settle(
    _ column: Int, of weights: [Float], covariance: [Float]
  ) -> [Float] {
    let first = column * depth
    var errors = (0..<depth).map { k in
      Float(levels[first + k]) * scale(column, k) - weights[first + k]
    }
    var gradient = [Float](repeating: 0, count: depth)
    for k in 0..<depth { add(covariance, row: k, times: errors[k], to: &gradient) }
    for _ in 0..<Self.sweepLimit {
      var isSettled = true
      for k in 0..<depth {
        let (step, curvature) = (scale(column, k), covariance[k * depth + k])
        guard curvature > 0 else { continue }
        let best = level(
          Float(levels[first + k]) * step - gradient[k] / curvature, step, range)
        let change = Float(best - Int(levels[first + k])) * step
        guard change != 0, change * (2 * gradient[k] + change * curvature) < 0 else { continue }
        levels[first + k] = Int8(best)
        errors[k] += change
        add(covariance, row: k, times: change, to: &gradient)
        isSettled = false
      }
      if isSettled { break }
    }
    return errors
  }

  /// Descent settles in some ten sweeps; float rounding must not keep it going.
  private static let sweepLimit = 30

  private func scale(_ column: Int, _ k: Int) -> Float {
    scales[column * groupCount + k / groupSize]
  }
}

/// The nearest level of a weight.
private func level(_ weight: Float, _ scale: Float, _ range: ClosedRange<Int>) -> Int {
  let level = (weight / scale).rounded(.toNearestOrEven)
  return Int(min(max(level, Float(range.lowerBound)), Float(range.upperBound)))
}

/// The scale of a group of the least squared rounding error: clipping the largest weights may leave
/// the others finer steps.
private func leastSquaresScale(
  _ group: [Float], _ range: ClosedRange<Int>, _ importance: [Float]?
) -> Float {
  let (least, greatest) = (group.min() ?? 0, group.max() ?? 0)
  let whole = max(least / Float(range.lowerBound), greatest / Float(range.upperBound))
  guard whole.isNormal, (whole / 2).isNormal else { return whole.isNormal ? whole : 1 }
  var (best, error) = (whole, Float.infinity)
  // From all of the range down to half, in steps of a fiftieth of it.
  for step in 0...25 {
    let scale = whole * (1 - Float(step) / 50)
    var sum: Float = 0
    for (index, weight) in group.enumerated() {
      let difference = Float(level(weight, scale, range)) * scale - weight
      sum += difference * difference * (importance?[index] ?? 1)
    }
    if sum < error { (best, error) = (scale, sum) }
  }
  return best
}
