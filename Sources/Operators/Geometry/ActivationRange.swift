// SPDX-License-Identifier: Apache-2.0

/// A clamp fused into an operator's output, in real units.
///
/// Means `min(max(y, range.min), range.max)`; NaN becomes `min`. An infinite bound does nothing.
package struct ActivationRange: Hashable, Sendable {
  package let min: Float
  package let max: Float

  /// Creates a range; −0 becomes +0, so that a clamped result has one bit pattern.
  ///
  /// - Precondition: neither bound is NaN.
  package init(min: Float, max: Float) {
    precondition(!min.isNaN && !max.isNaN, "a bound is a number")
    self.min = min == 0 ? 0 : min
    self.max = max == 0 ? 0 : max
  }

  package static let none = ActivationRange(min: -.infinity, max: .infinity)
  package static let relu = ActivationRange(min: 0, max: .infinity)
  package static let relu6 = ActivationRange(min: 0, max: 6)
  package static let reluN1To1 = ActivationRange(min: -1, max: 1)

  /// This clamp followed by another.
  package func then(_ next: ActivationRange) -> ActivationRange {
    ActivationRange(min: next.clamp(min), max: next.clamp(max))
  }

  package func callAsFunction(_ value: Double) -> Double {
    let raised = value > Double(min) ? value : Double(min)
    return raised < Double(max) ? raised : Double(max)
  }

  private func clamp(_ value: Float) -> Float { Float(self(Double(value))) }
}
