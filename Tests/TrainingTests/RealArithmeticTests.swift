// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing
import Training

/// Our own functions of reals beside the C library's, which are within a unit in the last place:
/// both within 4 of it, of the larger of the result and 1 where terms cancel.
@Suite("functions of reals") struct RealArithmeticTests {
  private let tolerance = 4 * Double.ulpOfOne

  @Test func logarithms() {
    var random = RandomStream(seed: 1, .shuffle)
    let numbers =
      [1, 2, 0.5, 1.5, 2.0.squareRoot(), 1e300, 1e-300, 5e-324, 0x1p-53]
      + (0..<1_000).map { _ in 1 - random.uniform() }
    for x in numbers {
      let expected = log(x)
      let error = (naturalLogarithm(x) - expected).magnitude
      #expect(error <= tolerance * max(expected.magnitude, 1), "\(x)")
    }
  }

  @Test func exponentials() {
    var random = RandomStream(seed: 2, .shuffle)
    let numbers = [0, 1, -1, 700, -700] + (0..<1_000).map { _ in random.uniform(in: -30...30) }
    for x in numbers {
      let expected = exp(x)
      #expect((exponential(x) - expected).magnitude <= tolerance * expected, "\(x)")
    }
    #expect(exponential(1_000) == .infinity && exponential(-1_000) == 0)
    #expect(exponential(.infinity) == .infinity && exponential(-.infinity) == 0)
  }

  @Test func cosines() {
    #expect(cosineOfHalfTurns(0) == 1 && cosineOfHalfTurns(1) == -1)
    #expect(cosineOfHalfTurns(0.5) == 0)
    for step in 0...1_000 {
      let t = Double(step) / 1_000
      #expect((cosineOfHalfTurns(t) - cos(Double.pi * t)).magnitude <= tolerance, "\(t)")
    }
  }
}
