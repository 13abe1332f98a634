// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far sigmoid and tanh may be off, of results at most 1: a few roundings.
private let functionError = 8 * roundoff

/// How far h of a float32 layer may be from the reference, carried from step to step as for `LSTM`.
func recurrentBounds(
  of layer: GRU, _ inputs: [ReferenceTensor], output: ReferenceTensor
) -> [Double] {
  let (x, units) = (inputs[0].shape, inputs[2].shape[1])
  var bounds = output.map { _ in 0 }.values
  for row in 0..<x[1] {
    var h = (0..<units).map { unit in
      Uncertain(inputs.count > 4 ? inputs[4].values[row * units + unit] : 0)
    }
    for index in 0..<x[0] {
      let time = layer.isReversed ? x[0] - 1 - index : index
      let vector = time * x[1] + row
      let input = inputs[0].values[vector * x[2]..<(vector + 1) * x[2]].map { Uncertain($0) }
      h = next(layer, inputs, input, h)
      for unit in 0..<units {
        bounds[(layer.givesSequence ? vector : row) * units + unit] = 1.01 * h[unit].error
      }
    }
  }
  return bounds
}

/// The next h of one sequence.
private func next(
  _ layer: GRU, _ inputs: [ReferenceTensor], _ x: [Uncertain], _ h: [Uncertain]
) -> [Uncertain] {
  let units = h.count
  func gate(_ gate: Int, _ unit: Int) -> Uncertain {
    let row = gate * units + unit
    return Uncertain(inputs[3].values[row]).adding(x, inputs[1], row).adding(h, inputs[2], row)
      .sigmoid
  }
  let resets = (0..<units).map { gate(1, $0) }
  return (0..<units).map { unit in
    let row = 2 * units + unit
    let n = Uncertain(inputs[3].values[row]).adding(x, inputs[1], row)
    let vector = layer.resetsAfter ? h : zip(resets, h).map { $0 * $1 }
    let m = Uncertain(inputs[3].values[row + units]).adding(vector, inputs[2], row)
    let candidate = (layer.resetsAfter ? n + resets[unit] * m : n + m).tanh
    let z = gate(0, unit)
    return (Uncertain(1) + z * Uncertain(-1)) * candidate + z * h[unit]
  }
}

/// A number and how far it may be off, to first order.
private struct Uncertain {
  var value: Double
  var error: Double

  init(_ value: Double, error: Double = 0) {
    self.value = value
    self.error = error
  }

  static func + (a: Uncertain, b: Uncertain) -> Uncertain {
    let sum = a.value + b.value
    return Uncertain(sum, error: a.error + b.error + roundoff * abs(sum))
  }

  static func * (a: Uncertain, b: Uncertain) -> Uncertain {
    let product = a.value * b.value
    return Uncertain(
      product,
      error: abs(a.value) * b.error + abs(b.value) * a.error + roundoff * abs(product))
  }

  /// The sum with a row of weights over a vector, each product and sum rounded.
  func adding(_ vector: [Uncertain], _ weights: ReferenceTensor, _ row: Int) -> Uncertain {
    var (sum, magnitude, carried) = (value, abs(value), error)
    for (k, x) in vector.enumerated() {
      let weight = weights.values[row * vector.count + k]
      sum += x.value * weight
      magnitude += abs(x.value * weight)
      carried += x.error * abs(weight)
    }
    return Uncertain(
      sum, error: carried + Double(vector.count + 2) * roundoff * magnitude)
  }

  /// Never steeper than 1/4.
  var sigmoid: Uncertain { Uncertain(1 / (1 + exp(-value)), error: error / 4 + functionError) }

  /// Never steeper than 1.
  var tanh: Uncertain { Uncertain(Foundation.tanh(value), error: error + functionError) }
}
