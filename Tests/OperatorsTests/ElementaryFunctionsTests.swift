// SPDX-License-Identifier: Apache-2.0
import Foundation
import Operators
import Testing

/// Our functions in `Double` against the library's, which are within a unit in the last place.
@Suite struct ElementaryFunctionsTests {
  @Test func exponentialAgrees() {
    for step in -70_700...70_900 {
      let x = Double(step) / 100
      let expected = exp(x)
      #expect(abs(exponential(x) - expected) <= 3 * expected.ulp, "exp(\(x))")
    }
  }

  @Test func exponentialEdges() {
    #expect(exponential(0) == 1)
    #expect(exponential(-0.0) == 1)
    #expect(exponential(.infinity) == .infinity)
    #expect(exponential(-.infinity) == 0)
    #expect(exponential(1e300) == .infinity)
    #expect(exponential(-1e300) == 0)
    #expect(exponential(.nan).isNaN)
  }

  @Test func logarithmAgrees() {
    for step in -3_000...3_000 {
      let x = exp(Double(step) / 4.3)
      let expected = log(x)
      #expect(abs(logarithm(x) - expected) <= 4 * expected.ulp + 0x1p-53, "log(\(x))")
      let small = Double(step + 3_000) / 6_000
      let onePlus = log1p(small)
      #expect(abs(logarithm(onePlus: small) - onePlus) <= 4 * onePlus.ulp, "log1p(\(small))")
    }
    #expect(logarithm(0) == -.infinity)
    #expect(logarithm(-0.0) == -.infinity)
    #expect(logarithm(-1).isNaN)
    #expect(logarithm(.infinity) == .infinity)
    #expect(logarithm(.nan).isNaN)
    #expect(logarithm(1) == 0)
  }

  @Test func oddFunctionsAgree() {
    for step in -30_000...30_000 {
      let x = Double(step) / 1_500
      #expect(abs(hyperbolicTangent(x) - tanh(x)) <= 6 * tanh(x).ulp, "tanh(\(x))")
      // e⁻ˣ² carries the rounding of x², which is at most 36.
      #expect(abs(errorFunction(x) - erf(x)) <= (8 + min(x * x, 36)) * erf(x).ulp, "erf(\(x))")
      let expected = expm1(x)
      #expect(abs(exponentialMinusOne(x) - expected) <= 6 * expected.ulp, "expm1(\(x))")
    }
    for function in [hyperbolicTangent, errorFunction] {
      #expect(function(.infinity) == 1)
      #expect(function(-.infinity) == -1)
      #expect(function(.nan).isNaN)
      #expect(function(-0.0).sign == .minus)
      #expect(function(1e-300) > 0)
    }
  }
}
