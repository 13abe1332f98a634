// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// The rows that a layer multiplies with the weights of an output channel.
///
/// For a dense layer a row of x; for a convolution the pixels under a window, taps outermost, as in
/// the weights; for a depthwise one the same of one channel.
struct LayerInputs {
  /// The pixel, or row of x, that each tap meets; `nil` where it is padding.
  private let taps: [[Int?]]
  private let channels: Int
  private let isDepthwise: Bool

  /// `nil` for a layer whose products are no such rows.
  ///
  /// `x` is the type of the layer's input, `limit` the most rows of one run: evenly spread, for
  /// others say much the same.
  init?(_ layer: Layer, x: TensorType, limit: Int) {
    channels = x.shape.channels
    isDepthwise = layer.isDepthwise
    let positions: [[Int?]]
    switch layer.operation {
    case is FullyConnected: positions = (0..<x.shape.elementCount / channels).map { [$0] }
    case let operation as any WindowOperator:
      positions = operation.windowTaps([x, TensorType(.float32, layer.shape)])
    default: return nil
    }
    let step = (positions.count + limit - 1) / limit
    taps = stride(from: 0, to: positions.count, by: step).map { positions[$0] }
  }

  /// The number of products of one output.
  var depth: Int { isDepthwise ? taps[0].count : taps[0].count * channels }

  /// Rows of one run, for each problem: one for all output channels, one for each of a depthwise
  /// layer.
  var rowCount: Int { taps.count }

  /// `[rowCount, depth]`; `channel` is the depthwise layer's.
  func rows(_ x: [Float], channel: Int = 0) -> [Float] {
    if isDepthwise {
      return taps.flatMap { $0.map { tap in tap.map { x[$0 * channels + channel] } ?? 0 } }
    }
    var rows: [Float] = []
    rows.reserveCapacity(rowCount * depth)
    for tap in taps.joined() {
      if let tap {
        rows += x[tap * channels..<(tap + 1) * channels]
      } else {
        rows += repeatElement(0, count: channels)
      }
    }
    return rows
  }
}
