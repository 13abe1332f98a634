// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Reads the output of a segmentation model: a class for each pixel, or a score for each class.
package struct ClassMapDecoder: Sendable {
  private let height: Int
  private let width: Int
  /// The scores of a pixel and the distance between them; one when the output holds classes.
  private let classCount: Int
  private let classStride: Int
  private let pixelStride: Int

  /// Describes an output, or `nil` when it is no map.
  ///
  /// `[1, H, W]`, `[1, H, W, C]` or, for the layout NCHW, `[1, C, H, W]`. Integers with no channel,
  /// or one, are classes.
  package init?(_ output: TensorType, layout: Preprocessing.Layout?) {
    var extents = output.shape.extents
    if extents.count > 2 && extents[0] == 1 { extents.removeFirst() }
    let isChannelsFirst = layout == .nchw
    if extents.count == 2 { extents.insert(1, at: isChannelsFirst ? 0 : 2) }
    guard extents.count == 3, !extents.contains(0) else { return nil }
    if isChannelsFirst {
      (classCount, height, width) = (extents[0], extents[1], extents[2])
      (classStride, pixelStride) = (height * width, 1)
    } else {
      (height, width, classCount) = (extents[0], extents[1], extents[2])
      (classStride, pixelStride) = (1, classCount)
    }
    guard classCount > 1 || !output.dtype.isFloat else { return nil }
  }

  /// The class of each pixel: of equal scores the first.
  package func classMap(_ output: TensorData) -> ClassMap {
    // Scales are positive, so stored scores are in the order of the real ones.
    let values = output.storedValues
    let classes = (0..<height * width).map { pixel -> Int32 in
      let start = pixel * pixelStride
      if classCount == 1 { return Int32(max(min(values[start], Double(Int32.max)), -1)) }
      var best = 0
      for index in 1..<classCount
      where values[start + index * classStride] > values[start + best * classStride] {
        best = index
      }
      return Int32(best)
    }
    return ClassMap(height: height, width: width, classes: classes)
  }
}
