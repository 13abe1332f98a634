// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Where an input of four axes (a batch of one) or three has its pixels.
package struct PictureLayout: Hashable, Sendable {
  package let height: Int
  package let width: Int
  package let channels: Int
  package let isChannelsFirst: Bool

  /// The layout of a shape, or `nil` when it is none of a picture.
  ///
  /// The channel axis is the one of extent 3 or 1, the last where both could be, unless `layout`
  /// says which; as for pictures in folders.
  package init?(_ shape: Shape, layout: Preprocessing.Layout? = nil) {
    let extents = shape.extents
    let axes = extents.count == 4 && extents[0] == 1 ? Array(extents.dropFirst()) : extents
    guard axes.count == 3, axes.allSatisfy({ $0 > 0 }) else { return nil }
    let isFirst: Bool
    switch layout {
    case .nhwc: isFirst = false
    case .nchw: isFirst = true
    case nil:
      guard [1, 3].contains(axes[2]) || [1, 3].contains(axes[0]) else { return nil }
      isFirst = ![1, 3].contains(axes[2])
    }
    isChannelsFirst = isFirst
    (height, width, channels) = isFirst ? (axes[1], axes[2], axes[0]) : (axes[0], axes[1], axes[2])
  }

  /// The picture whose pixel at `(y, x)` is another's at `source(y, x)`, 0 where that lies outside.
  func map(_ values: [Float], source: (_ y: Int, _ x: Int) -> (y: Int, x: Int)) -> [Float] {
    var result = [Float](repeating: 0, count: values.count)
    let pixelStride = isChannelsFirst ? 1 : channels
    let channelStride = isChannelsFirst ? height * width : 1
    for y in 0..<height {
      for x in 0..<width {
        let from = source(y, x)
        guard (0..<height).contains(from.y), (0..<width).contains(from.x) else { continue }
        let (to, at) = ((y * width + x) * pixelStride, (from.y * width + from.x) * pixelStride)
        for channel in 0..<channels {
          result[to + channel * channelStride] = values[at + channel * channelStride]
        }
      }
    }
    return result
  }
}
