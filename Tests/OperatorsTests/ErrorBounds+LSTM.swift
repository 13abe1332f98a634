// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import Operators
import TensorCore

/// The unit roundoff of float32.
private let roundoff = 0x1p-24

/// How far sigmoid and tanh may be off, of results at most 1: a few roundings.
private let functionError = 8 * roundoff

/// How far h and c of a float32 layer may be from the reference, carried from step to step.
///
/// To first order: a gate errs by a rounding for each product and sum and by what h brings along;
/// sigmoid is never steeper than 1/4, tanh never than 1; then the product rule. A hundredth is
/// added for the higher orders.
func recurrentBounds(
  of layer: LSTM, _ inputs: [ReferenceTensor], output: ReferenceTensor
) -> [Double] {
  let (x, units) = (inputs[0].shape, inputs[2].shape[1])
  let (batch, steps) = layer.isBatchMajor ? (x[0], x[1]) : (x[1], x[0])
  let hasSequence = layer.result == .sequence || layer.result == .sequenceAndCell
  let hasCell = layer.result == .sequenceAndCell || layer.result == .lastAndCell
  var bounds = output.map { _ in 0 }.values
  for row in 0..<batch {
    var cells = (0..<units).map { unit in
      func state(_ input: Int) -> Double {
        inputs.count > input ? inputs[input].values[row * units + unit] : 0
      }
      return BoundedCell(h: state(4), c: state(5))
    }
    for index in 0..<steps {
      let time = layer.isReversed ? steps - 1 - index : index
      let vector = layer.isBatchMajor ? row * steps + time : time * batch + row
      let input = Array(inputs[0].values[vector * x[2]..<(vector + 1) * x[2]])
      let before = cells
      for unit in 0..<units {
        let gates = (0..<4).map { gate in
          BoundedSum(inputs, column: gate * units + unit, x: input, h: before)
        }
        cells[unit].update(gates, layer.cellRange)
        bounds[(hasSequence ? vector : row) * units + unit] = 1.01 * cells[unit].hError
      }
    }
    guard hasCell else { continue }
    let first = bounds.count - (batch - row) * units
    for unit in 0..<units { bounds[first + unit] = 1.01 * cells[unit].cError }
  }
  return bounds
}

/// A gate's sum and how far it may be off.
private struct BoundedSum {
  var value: Double
  var error: Double

  init(_ inputs: [ReferenceTensor], column: Int, x: [Double], h: [BoundedCell]) {
    value = inputs[3].values[column]
    var magnitude = abs(value)
    error = 0
    for k in x.indices {
      let product = x[k] * inputs[1].values[column * x.count + k]
      value += product
      magnitude += abs(product)
    }
    for k in h.indices {
      let weight = inputs[2].values[column * h.count + k]
      value += h[k].h * weight
      magnitude += abs(h[k].h * weight)
      error += h[k].hError * abs(weight)
    }
    error += Double(x.count + h.count + 2) * roundoff * magnitude
  }

  var sigmoid: (value: Double, error: Double) {
    (1 / (1 + exp(-value)), error / 4 + functionError)
  }
  var tanh: (value: Double, error: Double) { (Foundation.tanh(value), error + functionError) }
}

/// The state of a hidden unit and how far it may be off.
private struct BoundedCell {
  var h: Double
  var c: Double
  var hError = 0.0
  var cError = 0.0

  init(h: Double, c: Double) {
    self.h = h
    self.c = c
  }

  mutating func update(_ gates: [BoundedSum], _ range: ActivationRange) {
    let (i, o, f, g) = (gates[0].sigmoid, gates[1].sigmoid, gates[2].sigmoid, gates[3].tanh)
    let terms = (kept: f.value * c, added: i.value * g.value)
    cError =
      f.value * cError + abs(c) * f.error + i.value * g.error + abs(g.value) * i.error
      + 3 * roundoff * (abs(terms.kept) + abs(terms.added))
    c = range(terms.kept + terms.added)
    h = o.value * tanh(c)
    hError = o.error * abs(tanh(c)) + o.value * (cError + functionError) + roundoff
  }
}
