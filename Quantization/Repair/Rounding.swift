// SPDX-License-Identifier: Apache-2.0

extension QuantizedWeights {
  /// Rounds one output channel up or down, weight by weight, so that its outputs change least.
  ///
  /// With d the rounding errors and H the covariance of the inputs, the outputs' squared error is
  /// `dᵀ H d`, its gradient `2 H d` in closed form. Nearest rounding is where the search starts; a
  /// weight goes to its other neighbour whenever that lowers the error, until none does. The
  /// problem is that of AdaRound (Nagel et al. 2020, arXiv:2004.10568, equation 13), which relaxes
  /// and anneals it; descent by coordinates needs no random start and no rate, and ends where no
  /// single change helps.
  ///
  /// - Parameters:
  ///   - indices: of the channel's weights, in the order of the inputs.
  ///   - weights: the float weights.
  ///   - covariance: H, `[depth, depth]`.
  /// - Returns: d.
  package mutating func round(
    _ indices: [Int], of weights: [Float], covariance: [Float]
  ) -> [Double] {
    let depth = indices.count
    let step = scales[channel(of: indices[0])]
    var errors = indices.map { Float(levels[$0]) * step - weights[$0] }
    var gradient = [Float](repeating: 0, count: depth)
    for row in 0..<depth where errors[row] != 0 {
      add(covariance, row: row, times: errors[row], to: &gradient)
    }
    for _ in 0..<Self.sweepLimit {
      var isSettled = true
      for position in 0..<depth {
        // The neighbour on the other side of the float weight.
        let change: Float = errors[position] > 0 ? -step : step
        let level = Int(levels[indices[position]]) + (errors[position] > 0 ? -1 : 1)
        let curvature = covariance[position * depth + position]
        guard (-127...127).contains(level),
          change * (2 * gradient[position] + change * curvature) < 0
        else { continue }
        levels[indices[position]] = Int8(level)
        errors[position] += change
        add(covariance, row: position, times: change, to: &gradient)
        isSettled = false
      }
      if isSettled { break }
    }
    return errors.map(Double.init)
  }

  /// Descent settles in a few sweeps; float rounding must not keep it going.
  private static let sweepLimit = 50
}

/// Adds a multiple of a row of a square matrix.
func add(_ matrix: [Float], row: Int, times factor: Float, to sums: inout [Float]) {
  let depth = sums.count
  for column in 0..<depth { sums[column] += factor * matrix[row * depth + column] }
}
