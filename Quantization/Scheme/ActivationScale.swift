// SPDX-License-Identifier: Apache-2.0
import TensorCore

extension QuantizationParameters {
  /// The int8 of activations whose reals lie in a range: asymmetric, 0 exact.
  ///
  /// A range without extent is that of one constant: it becomes a level of its own. Scales are
  /// normal numbers: a range too small for that counts as 0, for which any scale serves and 1 is
  /// taken.
  package init(activations range: ClosedRange<Double>) {
    let low = min(range.lowerBound, 0)
    let high = max(range.upperBound, 0)
    // Halves, for the difference of two finite floats may be none.
    let scale = Float((high / 2 - low / 2) / 127.5)
    guard scale.isNormal else {
      self.init(scale: scale.isFinite ? 1 : .greatestFiniteMagnitude, zeroPoint: 0)
      return
    }
    let zeroPoint = (-128 - low / Double(scale)).rounded(.toNearestOrEven)
    self.init(scale: scale, zeroPoint: Int32(min(max(zeroPoint, -128), 127)))
  }

  /// The int16 of activations that were seen: symmetric, the greatest magnitude at 32,767.
  ///
  /// All that was seen, whatever the method for int8: to leave out the greatest values there buys
  /// finer steps for the others, of which int16 has enough.
  init(wideActivations seen: ActivationStatistics) {
    self.init(magnitude: max(Double(seen.greatest), -Double(seen.least)))
  }

  /// The int16 of reals up to a magnitude; 0 is one that any scale serves.
  package init(magnitude: Double) {
    let scale = Float(magnitude / 32767)
    self.init(scale: scale.isNormal ? scale : 1, zeroPoint: 0)
  }

  /// The reals from the least to the greatest level of per-tensor int8.
  package var int8Range: ClosedRange<Double> {
    let (scale, zeroPoint) = (Double(scales[0]), Double(zeroPoints[0]))
    return scale * (-128 - zeroPoint)...scale * (127 - zeroPoint)
  }
}
