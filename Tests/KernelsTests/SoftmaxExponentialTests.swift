// SPDX-License-Identifier: Apache-2.0
import CKernels
import Foundation
import Testing

@Suite struct SoftmaxExponentialTests {
  /// The largest distance from eˣ in units of the result's last place, over every 1021st float of
  /// the range with a normal result.
  func worstError(_ exp: (Float) -> Float) -> Double {
    let lowest = Float(-87.33654), highest = Float(88.72283)
    var worst = 0.0
    for sign in [FloatingPointSign.minus, .plus] {
      let end = sign == .minus ? lowest.magnitude : highest
      for bits in stride(from: 0, to: end.bitPattern, by: 1021) {
        let x = Float(sign: sign, exponent: 0, significand: Float(bitPattern: bits))
        let right = Foundation.exp(Double(x))  // at most 1 ulp of a Double off: 2⁻²⁹ of ours
        worst = max(worst, abs(Double(exp(x)) - right) / Double(Float(right).ulp))
      }
    }
    return worst
  }

  // Exhaustively measured: 1.0128 fused, 0.9886 unfused.
  @Test func unfusedIsAccurate() { #expect(worstError(uk_exp_muladd) <= 1.02) }

  @Test(.enabled(if: hasFMA)) func fusedIsAccurate() { #expect(worstError(uk_exp_fma) <= 1.02) }

  func checkEnds(_ exp: (Float) -> Float) {
    let lowest = Float(-0x1.5d589ep+6)  // the first float not below ln 2⁻¹²⁶
    let highest = Float(0x1.62e42ep+6)  // the last one below ln 2¹²⁸
    #expect(exp(lowest) >= .leastNormalMagnitude)
    #expect(exp(lowest) < .leastNormalMagnitude * 1.0001)
    #expect(exp(lowest.nextDown) == 0)
    #expect(exp(highest).isFinite)
    #expect(exp(highest) > .greatestFiniteMagnitude * 0.9999)
    #expect(exp(highest.nextUp) == .infinity)
    #expect(exp(-.infinity).bitPattern == 0)
    #expect(exp(-.greatestFiniteMagnitude).bitPattern == 0)
    #expect(exp(.infinity) == .infinity)
    #expect(exp(.nan).isNaN)
    #expect(exp(0) == 1)
    #expect(exp(-0.0) == 1)
    #expect(exp(.leastNonzeroMagnitude) == 1)
    // No result is subnormal, however near the end.
    var x = lowest
    for _ in 0..<10_000 {
      #expect(exp(x) >= .leastNormalMagnitude)
      x = x.nextUp
    }
  }

  @Test func unfusedEnds() { checkEnds(uk_exp_muladd) }

  @Test(.enabled(if: hasFMA)) func fusedEnds() { checkEnds(uk_exp_fma) }
}
