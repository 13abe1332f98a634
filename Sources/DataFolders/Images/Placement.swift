// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Height and width, in pixels.
package struct PixelSize: Hashable, Sendable {
  package var height: Int
  package var width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// Where a picture lies in a model's input: `input = scale · picture + offset` along each axis.
///
/// Coordinates are edges of pixels: the middle of the first pixel is 0.5.
package struct Placement: Hashable, Sendable {
  /// Along one axis.
  package struct Axis: Hashable, Sendable {
    package var scale = 1.0
    package var offset = 0.0

    package init() {}

    /// The coordinate in the input of one in the picture.
    package func input(_ picture: Double) -> Double { scale * picture + offset }

    /// The coordinate in the picture of one in the input.
    package func picture(_ input: Double) -> Double { (input - offset) / scale }
  }

  package var x = Axis()
  package var y = Axis()
  /// The size of the picture as it is in its file.
  package let picture: PixelSize
  /// The size of the model's input.
  package var input: PixelSize

  /// A picture that is the input.
  package init(picture: PixelSize) {
    self.picture = picture
    input = picture
  }

  /// The box in the picture of one in the input; not clipped.
  package func picture(_ box: Box) -> Box {
    Box(
      x0: x.picture(box.x0), y0: y.picture(box.y0), x1: x.picture(box.x1), y1: y.picture(box.y1))
  }
}
