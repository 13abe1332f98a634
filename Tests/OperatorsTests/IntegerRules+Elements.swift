// SPDX-License-Identifier: Apache-2.0
import Foundation
import Operators

/// For every output element the operand's element, by NumPy's rule.
private func broadcast(_ operand: StoredTensor, to extents: [Int]) -> [Int] {
  let missing = extents.count - operand.extents.count
  return (0..<extents.reduce(1, *)).map { flat in
    var (rest, index, stride) = (flat, 0, 1)
    for axis in extents.indices.reversed() {
      let position = rest % extents[axis]
      rest /= extents[axis]
      guard axis >= missing else { continue }
      let extent = operand.extents[axis - missing]
      if extent > 1 { index += position * stride }
      stride *= extent
    }
    return operand.values[index]
  }
}

func added(_ inputs: [StoredTensor], sign: Double, into output: StoredOutput) -> [Int] {
  let aScale = Float(inputs[0].scale(0) / Double(output.scale))
  let bScale = Float(sign * inputs[1].scale(0) / Double(output.scale))
  let a = broadcast(inputs[0], to: output.extents)
  let b = broadcast(inputs[1], to: output.extents)
  return zip(a, b).map { a, b in
    let first = Float(a - inputs[0].zeroPoint) * aScale
    let second = Float(b - inputs[1].zeroPoint) * bScale
    return output.round(first + second)
  }
}

func product(_ inputs: [StoredTensor], into output: StoredOutput) -> [Int] {
  let scale = Float(inputs[0].scale(0) * inputs[1].scale(0) / Double(output.scale))
  let a = broadcast(inputs[0], to: output.extents)
  let b = broadcast(inputs[1], to: output.extents)
  return zip(a, b).map { a, b in
    output.requantize((a - inputs[0].zeroPoint) * (b - inputs[1].zeroPoint), scale)
  }
}

/// Stored values of one scale compare as the numbers they stand for.
func extremum(
  _ inputs: [StoredTensor], isMaximum: Bool, into output: StoredOutput
) -> [Int] {
  let a = broadcast(inputs[0], to: output.extents)
  let b = broadcast(inputs[1], to: output.extents)
  return zip(a, b).map { isMaximum ? max($0, $1) : min($0, $1) }
}

/// A function of one real, rounded once.
func mapped(
  _ x: StoredTensor, into output: StoredOutput, _ function: (Double) -> Double
) -> [Int] {
  x.values.map { output.store(function(x.scale(0) * Double($0 - x.zeroPoint))) }
}

func quantized(_ values: [Float], into output: StoredOutput) -> [Int] {
  values.map { value in
    let steps = value / output.scale
    return output.round(steps.isNaN ? 0 : steps)
  }
}

/// Powers by the library's exp, their sum in 32 lanes joined by halves.
func softmax(_ x: StoredTensor, _ operation: Softmax, into output: StoredOutput) -> [Int] {
  let columns = x.extents[x.extents.count - 1]
  let multiplier = Float(1 / Double(output.scale))
  var result: [Int] = []
  for start in stride(from: 0, to: x.values.count, by: columns) {
    let row = x.values[start..<start + columns]
    let greatest = row.reduce(-128, max)
    let powers = row.map { Float(exp(Double($0 - greatest) * x.scale(0) * Double(operation.beta))) }
    var lanes = [Float](repeating: 0, count: 32)
    for (column, power) in powers.enumerated() { lanes[column % 32] += power }
    while lanes.count > 1 {
      let half = lanes.count / 2
      lanes = (0..<half).map { lanes[$0] + lanes[$0 + half] }
    }
    result += powers.map { output.round(($0 / lanes[0]) * multiplier) }
  }
  return result
}

/// Half-pixel centres: columns first, then rows, each blend a multiply and an add.
func resized(_ x: StoredTensor, _ operation: Resize, into output: StoredOutput) -> [Int] {
  precondition(operation.coordinates == .halfPixel, "the samples' coordinate rule")
  func source(_ index: Int, _ from: Int, _ to: Int) -> (Int, Int, Float) {
    let position = (Double(index) + 0.5) * Double(from) / Double(to) - 0.5
    let inside = min(max(position, 0), Double(from - 1))
    let first = Int(inside)
    return (first, min(first + 1, from - 1), Float(inside - Double(first)))
  }
  func blend(_ a: Float, _ b: Float, _ fraction: Float) -> Float {
    let step = (b - a) * fraction
    return step + a
  }
  let (height, width, channels) = (x.extents[1], x.extents[2], x.extents[3])
  return (0..<output.extents.reduce(1, *)).map { flat in
    let (c, column) = (flat % channels, flat / channels % operation.width)
    let row = flat / channels / operation.width % operation.height
    let n = flat / channels / operation.width / operation.height
    let (top, bottom, down) = source(row, height, operation.height)
    let (left, right, across) = source(column, width, operation.width)
    func at(_ y: Int, _ x0: Int) -> Float {
      Float(x.values[((n * height + y) * width + x0) * channels + c])
    }
    let upper = blend(at(top, left), at(top, right), across)
    let lower = blend(at(bottom, left), at(bottom, right), across)
    let value = blend(upper, lower, down).rounded(.toNearestOrEven)
    return Int(max(min(value, 127), -128))
  }
}
