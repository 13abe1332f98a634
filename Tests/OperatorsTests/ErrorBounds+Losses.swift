// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

// Bounds of losses, in units of the roundoff u = 2⁻²⁴, to first order, with a rounding to spare for
// the higher orders.

private let roundoff = 0x1p-24

/// The roundings of a sum or mean along a row, with two to spare.
private func roundings(_ count: Int) -> Double { Double(count) / 32 + 8 }

/// The bounds of a loss; `nil` for other operators.
func lossBounds(_ operation: any Operator, _ inputs: [ReferenceTensor]) -> [Double]? {
  guard operation is any Loss else { return nil }
  let count = inputs[0].shape.elementCount / inputs[0].shape[0]
  let samples = inputs.map { x in
    stride(from: 0, to: x.values.count, by: count).map { Array(x.values[$0..<$0 + count]) }
  }
  let batch = samples[0].indices
  let sums = roundings(count)
  switch operation {
  case is BinaryCrossEntropy:
    return batch.map { b in
      let terms = zip(samples[0][b], samples[1][b]).map { x, t in
        // Product, difference and sum; log(1 + e⁻ˣ), less than 1, is off by less than 8 units.
        (3 + sums) * 2 * abs(x) * (1 + abs(t)) + 8 + sums
      }
      return roundoff * terms.reduce(0, +) / Double(count)
    }
  case let loss as any ElementLoss:
    // All terms have one sign. The difference is off by one rounding, which a square doubles; Huber
    // subtracts from it at most half of itself.
    return loss.reference(inputs)[0].values.map { roundoff * (6 + sums) * $0 + 0x1p-126 }
  case is SoftmaxCrossEntropy:
    return batch.map { b in
      let off = surpriseBound(samples[0][b])
      return zip(samples[0][b].indices, samples[1][b]).reduce(0) { bound, term in
        let (c, t) = term
        return bound + t * (off + roundoff * (2 + sums) * surprise(samples[0][b], c))
      }
    }
  case let loss as KullbackLeibler:
    let square = Double(loss.temperature * loss.temperature)
    return batch.map { b in
      let x = samples[0][b].map { $0 / Double(loss.temperature) }
      // The quotient has two roundings, of which the surprise is a difference.
      let off = surpriseBound(x) + 4 * roundoff * (x.map(abs).max() ?? 0)
      return zip(x.indices, samples[1][b]).reduce(0) { bound, term in
        let (c, t) = term
        let size = surprise(x, c) + abs(logarithm(t))
        return bound + square * t * (off + roundoff * (8 + sums) * size)
      }
    }
  case let loss as Hinge:
    return batch.map { b in
      let (x, t) = (samples[0][b], samples[1][b])
      let score = zip(x, t).reduce(0) { $0 + abs($1.0 * $1.1) }
      let terms = zip(x, t).map { x, t in
        (sums + 4) * (score + Double(abs(loss.margin)) + abs(x)) * (1 + abs(t))
      }
      return roundoff * (sums + 4) / sums * terms.reduce(0, +) / Double(count)
    }
  case let loss as Triplet:
    return batch.map { b in
      roundoff * 2 * Double(abs(loss.margin))
        + distanceBound(samples[0][b], samples[1][b]) + distanceBound(samples[0][b], samples[2][b])
    }
  default: return nil
  }
}

/// `−log softmax(x)` of an element.
private func surprise(_ x: [Double], _ c: Int) -> Double {
  let greatest = x.reduce(-.infinity, max)
  return logarithm(x.reduce(0) { $0 + exponential($1 - greatest) }) - (x[c] - greatest)
}

/// How far the surprise of any element is off, before it is rounded itself.
///
/// x − max is rounded, which its exponential turns into a relative error, e^z less than 4 units in
/// the last place off; the sum adds its roundings, and all that is the absolute error of the
/// logarithm, which adds 4 units of its own.
private func surpriseBound(_ x: [Double]) -> Double {
  let range = (x.max() ?? 0) - (x.min() ?? 0)
  return roundoff * (2 * range + 8 + roundings(x.count) + 8 * logarithm(Double(x.count) + 1))
}

/// How far a distance is off: as the differences are, which have two roundings, and by those of the
/// sum, the root and what follows.
private func distanceBound(_ a: [Double], _ b: [Double]) -> Double {
  func length(_ terms: [Double]) -> Double {
    terms.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
  let differences = length(zip(a, b).map { $0 - $1 })
  let sizes = length(zip(a, b).map { abs($0) + abs($1) })
  return roundoff * (2 * sizes + (roundings(a.count) + 4) * differences)
}
