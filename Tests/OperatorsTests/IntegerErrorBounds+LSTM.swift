// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far sigmoid and tanh may be off, of results at most 1: a few roundings.
private let functionError = 8 * roundoff

/// How far h may be off when x, the weights and, after every step, h itself are rounded; `nil`
/// when the layer gives its cells, which integers do not.
///
/// h lies between −1 and 1, so its steps are those of that range. What a step leaves of errors
/// enters the next with the recurrent weights.
func recurrentBound(_ layer: LSTM, _ sample: IntegerSample) -> IntegerErrorBound? {
  guard [.sequence, .last].contains(layer.result), sample.operands.count == 4 else { return nil }
  let hidden = QuantizationParameters(levelsOver: -1...1)
  let half = Double(hidden.scales[0]) / 2
  let (x, units) = (sample.operands[0].real.shape, sample.operands[2].real.shape[1])
  let (batch, steps) = layer.isBatchMajor ? (x[0], x[1]) : (x[1], x[0])
  let inputs = sample.operands.map(\.approximate)
  var bounds = sample.reference.map { _ in 0 }.values
  for row in 0..<batch {
    var h = [Approximate](repeating: Approximate(0), count: units)
    var c = h
    for index in 0..<steps {
      let time = layer.isReversed ? steps - 1 - index : index
      let vector = layer.isBatchMajor ? row * steps + time : time * batch + row
      let gates = (0..<4 * units).map { column in
        inputs[3][column]
          .adding(inputs[0][(vector * x[2])...].prefix(x[2]), inputs[1], column)
          .adding(h[...], inputs[2], column)
      }
      for unit in 0..<units {
        let kept = gates[2 * units + unit].sigmoid * c[unit]
        let added = gates[unit].sigmoid * gates[3 * units + unit].tanh
        c[unit] = (kept + added).clamped(layer.cellRange)
        h[unit] = gates[units + unit].sigmoid * c[unit].tanh
        bounds[(layer.result.hasSequence ? vector : row) * units + unit] = h[unit].error
        h[unit].error += half
      }
    }
  }
  return IntegerErrorBound(
    carried: bounds, arithmetic: bounds.map { _ in 0 }, range: -1...1, operation: layer)
}

/// A number and how far it may be off, all orders included.
private struct Approximate {
  var value: Double
  var error: Double

  init(_ value: Double, error: Double = 0) {
    self.value = value
    self.error = error
  }

  static func + (a: Approximate, b: Approximate) -> Approximate {
    Approximate(a.value + b.value, error: a.error + b.error).rounded
  }

  static func * (a: Approximate, b: Approximate) -> Approximate {
    Approximate(
      a.value * b.value,
      error: abs(a.value) * b.error + abs(b.value) * a.error + a.error * b.error
    ).rounded
  }

  /// The sum with a row of weights over a vector: exact integers, scaled in four roundings.
  func adding(
    _ vector: ArraySlice<Approximate>, _ weights: [Approximate], _ row: Int
  ) -> Approximate {
    var (sum, magnitude) = (self, abs(value) + error)
    for (x, weight) in zip(vector, weights[(row * vector.count)...]) {
      sum.value += x.value * weight.value
      let product = (abs(x.value) + x.error) * (abs(weight.value) + weight.error)
      sum.error += product - abs(x.value) * abs(weight.value)
      magnitude += product
    }
    sum.error += 4 * roundoff * magnitude
    return sum
  }

  /// Never steeper than 1/4.
  var sigmoid: Approximate {
    Approximate(1 / (1 + exp(-value)), error: error / 4 + functionError)
  }

  /// Never steeper than 1.
  var tanh: Approximate { Approximate(Foundation.tanh(value), error: error + functionError) }

  func clamped(_ range: ActivationRange) -> Approximate {
    Approximate(range(value), error: error)
  }

  private var rounded: Approximate {
    Approximate(value, error: error + roundoff * (abs(value) + error))
  }
}

extension IntegerSample.Operand {
  fileprivate var approximate: [Approximate] {
    zip(real.values, error.values).map { Approximate($0, error: $1) }
  }
}
