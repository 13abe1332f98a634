// SPDX-License-Identifier: Apache-2.0
import Foundation
import Operators

/// Int32 sums of x and h apart, gates and cell in real numbers, h stored after every step.
func remembered(
  _ inputs: [StoredTensor], _ layer: LSTM, into output: StoredOutput
) -> [Int] {
  let (x, weights, recurrent, bias) = (inputs[0], inputs[1], inputs[2], inputs[3])
  let (units, depth) = (recurrent.extents[1], x.extents[2])
  let (batch, steps) =
    layer.isBatchMajor ? (x.extents[0], x.extents[1]) : (x.extents[1], x.extents[0])
  let hiddenScale = Double(output.scale)
  var y = [Int](repeating: 0, count: output.extents.reduce(1, *))
  for row in 0..<batch {
    var h = [Int](repeating: output.zeroPoint, count: units)
    var c = [Double](repeating: 0, count: units)
    for index in 0..<steps {
      let time = layer.isReversed ? steps - 1 - index : index
      let vector = layer.isBatchMajor ? row * steps + time : time * batch + row
      let gates = (0..<4 * units).map { column in
        var (ofX, ofH) = (bias.values[column], 0)
        for k in 0..<depth {
          ofX += (x.values[vector * depth + k] - x.zeroPoint) * weights.values[column * depth + k]
        }
        for k in 0..<units {
          ofH += (h[k] - output.zeroPoint) * recurrent.values[column * units + k]
        }
        let scales = (x.scale(0) * weights.scale(column), hiddenScale * recurrent.scale(column))
        return Double(Float(ofX) * Float(scales.0) + Float(ofH) * Float(scales.1))
      }
      for unit in 0..<units {
        func sigmoid(_ gate: Int) -> Double { 1 / (1 + exp(-gates[gate * units + unit])) }
        let next = sigmoid(2) * c[unit] + sigmoid(0) * tanh(gates[3 * units + unit])
        c[unit] = layer.cellRange(next)
        h[unit] = output.round(Float(sigmoid(1) * tanh(c[unit]) / hiddenScale))
      }
      let first = (layer.result == .last ? row : vector) * units
      for unit in 0..<units { y[first + unit] = h[unit] }
    }
  }
  return y
}
