// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

// Images that are cut where a window does not reach.

extension GraphBuilder {
  /// The image without what lies outside by negative margins.
  mutating func cut(_ image: Value, by margins: Margins) throws(OperatorError) -> Value {
    let shape = shape(of: image)
    let start = [0, max(0, -margins.top), max(0, -margins.left), 0]
    let count = [
      shape[0], shape[1] - start[1] + min(0, margins.bottom),
      shape[2] - start[2] + min(0, margins.right), shape[3],
    ]
    guard count != shape.extents else { return image }
    return try apply(Slice(start: start, step: [1, 1, 1, 1], count: count), [image])
  }
}

/// What there is more around an image, or less where it is negative.
struct Margins {
  let top: Int
  let left: Int
  let bottom: Int
  let right: Int

  /// Around `[N, H, W, C]` whose first pixel comes at `top`, `left` of an extent.
  init(top: Int, left: Int, around image: Shape, in extent: Extent2D) {
    self.top = top
    self.left = left
    bottom = extent.height - top - image[1]
    right = extent.width - left - image[2]
  }

  /// Those that are not negative.
  var padding: Padding {
    Padding(top: max(0, top), left: max(0, left), bottom: max(0, bottom), right: max(0, right))
  }
}
