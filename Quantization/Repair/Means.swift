// SPDX-License-Identifier: Apache-2.0
import Operators

/// The geometric mean of numbers greater than 0.
func geometricMean(_ values: [Double]) -> Double {
  exponential(values.reduce(0) { $0 + logarithm($1) } / Double(values.count))
}
