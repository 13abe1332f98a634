// SPDX-License-Identifier: Apache-2.0
import CKernels
import TensorCore

/// How `Resize` makes an output of the input around its source coordinate.
package enum ResizeMode: Hashable, Sendable {
  case nearest(ResizeRounding)
  case bilinear
}

/// Which neighbour is the nearest; the halves settle ties.
package enum ResizeRounding: Hashable, Sendable {
  case floor, ceiling, halfDown, halfUp

  func callAsFunction(_ coordinate: Double) -> Double {
    switch self {
    case .floor: coordinate.rounded(.down)
    case .ceiling: coordinate.rounded(.up)
    case .halfDown: (coordinate - 0.5).rounded(.up)
    case .halfUp: (coordinate + 0.5).rounded(.down)
    }
  }
}

/// Where the centre of output `o` lies in the input.
///
/// Source: ONNX `Resize`, `coordinate_transformation_mode`.
package enum ResizeCoordinates: Hashable, Sendable {
  /// `(o + ½)·step − ½`.
  case halfPixel
  /// As `halfPixel`, but 0 when the output has one element.
  case halfPixelOrZero
  /// `o·(input − 1)/(output − 1)`: the corners fall on each other.
  case alignCorners
  /// `o·step`.
  case asymmetric
}

/// Distances between neighbouring outputs, in input elements.
package struct ResizeStep: Hashable, Sendable {
  package let height: Double
  package let width: Double

  package init(height: Double, width: Double) {
    self.height = height
    self.width = width
  }
}

/// One axis of a `Resize`.
struct ResizeAxis {
  let input: Int
  let output: Int
  let step: Double?
  let coordinates: ResizeCoordinates

  /// The source coordinate of an output; may lie outside the input.
  ///
  /// Multiplies before it divides, so that a coordinate that is an integer comes out as one.
  private func coordinate(of index: Int) -> Double {
    func scaled(_ position: Double) -> Double {
      step.map { position * $0 } ?? position * Double(input) / Double(output)
    }
    let position = Double(index)
    switch coordinates {
    case .halfPixel: return scaled(position + 0.5) - 0.5
    case .halfPixelOrZero: return output > 1 ? scaled(position + 0.5) - 0.5 : 0
    case .alignCorners: return output > 1 ? position * Double(input - 1) / Double(output - 1) : 0
    case .asymmetric: return scaled(position)
    }
  }

  /// The nearest input element.
  func nearest(to index: Int, _ rounding: ResizeRounding) -> Int {
    Int(min(max(rounding(coordinate(of: index)), 0), Double(input - 1)))
  }

  /// The two input elements around an output and how far it is from the first to the second.
  func bracket(of index: Int) -> (first: Int, second: Int, fraction: Double) {
    let inside = min(max(coordinate(of: index), 0), Double(input - 1))
    let first = Int(inside)
    return (first, min(first + 1, input - 1), inside - Double(first))
  }

  /// The bracket of every output; nearest is a bracket with both ends on one element.
  func sources(_ mode: ResizeMode) -> [(first: Int, second: Int, fraction: Double)] {
    (0..<output).map { index in
      switch mode {
      case .bilinear: bracket(of: index)
      case .nearest(let rounding):
        (nearest(to: index, rounding), nearest(to: index, rounding), 0)
      }
    }
  }

  /// `[input, output]`: the weight of each input element in each output.
  func weights(_ mode: ResizeMode) -> TensorData {
    var weights = [Double](repeating: 0, count: input * output)
    for (index, source) in sources(mode).enumerated() {
      weights[source.first * output + index] += 1 - source.fraction
      weights[source.second * output + index] += source.fraction
    }
    return TensorData([input, output], float32: weights.map { Float($0) })
  }

  func nearestTable(_ rounding: ResizeRounding) -> [UInt32] {
    (0..<output).map { UInt32(nearest(to: $0, rounding)) }
  }

  var bilinearTable: [uk_resize_tap] {
    (0..<output).map { index in
      let bracket = bracket(of: index)
      // A fraction that rounds up to 1 would leave [0, 1).
      let fraction = min(Float(bracket.fraction), Float(1).nextDown)
      return uk_resize_tap(
        first: UInt32(bracket.first), second: UInt32(bracket.second), fraction: fraction,
        reserved: 0)
    }
  }
}
