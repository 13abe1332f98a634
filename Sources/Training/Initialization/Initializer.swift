// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// How weights begin.
package enum Initializer: Hashable, Sendable {
  /// A variance of `2 / fan in`: keeps the size of activations through rectifiers.
  ///
  /// Source: He et al. 2015, "Delving deep into rectifiers", arXiv:1502.01852, equation 10.
  case he(Distribution)

  /// A variance of `2 / (fan in + fan out)`.
  ///
  /// Source: Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
  /// neural networks", equations 12 and 16.
  case xavier(Distribution)

  /// Orthonormal rows, or columns when there are more rows than columns, times a gain.
  ///
  /// Source: Saxe, McClelland and Ganguli 2014, "Exact solutions to the nonlinear dynamics of
  /// learning in deep linear neural networks", arXiv:1312.6120.
  case orthogonal(gain: Double)

  package enum Distribution: Hashable, Sendable {
    case normal, uniform
  }

  /// Weights of a shape `[outputs, …taps…, inputs]`.
  ///
  /// - Parameters:
  ///   - shape: of the weights.
  ///   - fans: when the shape does not tell them.
  ///   - random: a stream of its own for each weight.
  /// - Returns: the elements, contiguous.
  package func values(
    _ shape: Shape, fans: FanCounts? = nil, _ random: inout RandomStream
  ) -> [Float] {
    let fans = fans ?? FanCounts(shape)
    switch self {
    case .he(let distribution):
      return distribution.values(
        shape.elementCount, variance: 2 / Double(max(fans.fanIn, 1)), &random)
    case .xavier(let distribution):
      return distribution.values(
        shape.elementCount, variance: 2 / Double(max(fans.fanIn + fans.fanOut, 1)), &random)
    case .orthogonal(let gain):
      let rows = shape.rank > 1 ? shape[0] : 1
      let columns = shape.elementCount / max(rows, 1)
      return orthogonalMatrix(rows: rows, columns: columns, &random).map { Float(gain * $0) }
    }
  }
}

extension Initializer.Distribution {
  fileprivate func values(
    _ count: Int, variance: Double, _ random: inout RandomStream
  ) -> [Float] {
    switch self {
    case .normal:
      let deviation = variance.squareRoot()
      return (0..<count).map { _ in Float(deviation * random.normal()) }
    case .uniform:
      // A uniform distribution of −a to a has the variance a² / 3.
      let limit = (3 * variance).squareRoot()
      return (0..<count).map { _ in Float(random.uniform(in: -limit...limit)) }
    }
  }
}

extension Recipe.Initialize {
  /// What it means for a weight; `nil` keeps the model's.
  package var initializer: Initializer? {
    switch self {
    case .keep: nil
    case .he: .he(.normal)
    case .xavier: .xavier(.uniform)
    case .orthogonal: .orthogonal(gain: 1)
    }
  }
}
