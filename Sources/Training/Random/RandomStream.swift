// SPDX-License-Identifier: Apache-2.0
import Compiler

/// Random numbers that are named by what they are for: the same on every machine, whoever asks
/// first.
///
/// A stream is found from the seed, its purpose and counters such as an epoch and a sample's
/// number, not from the numbers drawn before. So neither the order of a batch nor the number of
/// threads nor a resumed run changes what a sample gets.
package struct RandomStream: RandomNumberGenerator, Sendable {
  /// What numbers are drawn for; the values are part of what a seed means.
  package enum Purpose: UInt64, Sendable {
    case split = 1
    case shuffle = 2
    case augmentation = 3
    case initialization = 4
    case dropout = 5
  }

  private var generator: SplitMix64
  /// The second number of a pair, still to be given out.
  private var spareNormal: Double?

  /// The stream of a purpose and its counters.
  ///
  /// Each counter is absorbed by one draw: a different counter gives an unrelated stream.
  package init(seed: UInt64, _ purpose: Purpose, _ counters: Int...) {
    var state = seed
    for counter in [purpose.rawValue] + counters.map({ UInt64(truncatingIfNeeded: $0) }) {
      var mixer = SplitMix64(seed: state)
      var counted = SplitMix64(seed: mixer.next() ^ counter)
      state = counted.next()
    }
    generator = SplitMix64(seed: state)
  }

  package mutating func next() -> UInt64 { generator.next() }

  /// A multiple of 2⁻⁵³ from 0 up to, without, 1.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A real of a range.
  package mutating func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A whole number below a bound, each as likely.
  ///
  /// Source: Lemire 2019, "Fast random integer generation in an interval", algorithm 5.
  /// - Precondition: the bound is above 0.
  package mutating func integer(below bound: Int) -> Int {
    precondition(bound > 0, "there is a number below the bound")
    let limit = UInt64(bound)
    var product = next().multipliedFullWidth(by: limit)
    if product.low < limit {
      let threshold = (0 &- limit) % limit
      while product.low < threshold { product = next().multipliedFullWidth(by: limit) }
    }
    return Int(product.high)
  }

  /// A standard normal number.
  ///
  /// Source: Marsaglia and Bray 1964, "A convenient method for generating normal variables".
  package mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square > 0, square < 1 else { continue }
      let scale = (-2 * naturalLogarithm(square) / square).squareRoot()
      spareNormal = y * scale
      return x * scale
    }
  }

  /// The logarithm of a number of the gamma distribution with scale 1: small shapes give numbers
  /// too small for a `Double`.
  ///
  /// Source: Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; below
  /// a shape of 1 by its section 6.
  /// - Precondition: the shape is above 0.
  package mutating func logarithmOfGamma(shape: Double) -> Double {
    precondition(shape > 0, "a shape above 0")
    if shape < 1 {
      let part = logarithmOfGamma(shape: shape + 1)
      return part + naturalLogarithm(1 - uniform()) / shape
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      let u = 1 - uniform()
      if naturalLogarithm(u) < x * x / 2 + d - d * v + d * naturalLogarithm(v) {
        return naturalLogarithm(d) + naturalLogarithm(v)
      }
    }
  }

  /// The numbers below a count in random order: Fisher and Yates's shuffle.
  package mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts elements into random order.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }
}
