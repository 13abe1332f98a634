// SPDX-License-Identifier: Apache-2.0
import Foundation
import Operators
import Testing

@Suite struct ExponentialTests {
  /// The library's exp is within one unit in the last place; ours promises two.
  @Test func agreesWithTheLibrary() {
    for step in -70_700...70_900 {
      let x = Double(step) / 100
      let expected = exp(x)
      #expect(abs(exponential(x) - expected) <= 3 * expected.ulp, "exp(\(x))")
    }
  }

  @Test func edges() {
    #expect(exponential(0) == 1)
    #expect(exponential(-0.0) == 1)
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(1e300) == .infinity)
    #expect(exponential(-1e300) == 0)
    #expect(exponential(.nan).isNaN)
  }
}
