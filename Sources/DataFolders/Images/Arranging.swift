// SPDX-License-Identifier: Apache-2.0
import TensorFiles

extension Preprocessing {
  /// Brings a picture to the size of an input: resizes it, then keeps its middle.
  ///
  /// - Returns: the picture, and where it lies in the input.
  /// - Throws: `PictureProblem` when it has another size and no rule says how it fits.
  package func arranged(
    _ image: Image, for input: PixelSize
  ) throws(PictureProblem) -> (image: Image, placement: Placement) {
    let target = size ?? input
    var picture = Arrangement(image)
    switch resize {
    case .none: break
    case .stretch: try picture.scale(to: target)
    case .fit: try picture.fit(into: target, at: position, fill: fill)
    case .cover: try picture.cover(target)
    }
    if let crop { try picture.crop(to: crop) }
    guard picture.image.size == input else {
      throw .size(found: picture.image.size, expected: input)
    }
    picture.placement.input = input
    return (picture.image, picture.placement)
  }
}

extension Image {
  /// Its height and width.
  package var size: PixelSize { PixelSize(height: height, width: width) }
}

/// A picture on its way, and where the original lies in it.
private struct Arrangement {
  private(set) var image: Image
  var placement: Placement

  init(_ image: Image) {
    self.image = image
    placement = Placement(picture: image.size)
  }

  mutating func scale(to size: PixelSize) throws(PictureProblem) {
    let (pixels, overflow) = size.height.multipliedReportingOverflow(by: size.width)
    guard !overflow, pixels <= Image.maximumPixelCount,
      image.height * size.width <= Image.maximumPixelCount
    else { throw .tooLarge }
    placement.x.scale *= Double(size.width) / Double(image.width)
    placement.y.scale *= Double(size.height) / Double(image.height)
    image = resampled(image, to: size)
  }

  /// Scales so that all of the picture is inside; the shorter side is rounded down.
  mutating func fit(
    into size: PixelSize, at position: Preprocessing.Position, fill: [UInt8]
  ) throws(PictureProblem) {
    if size.width * image.height <= size.height * image.width {
      let height = image.height * size.width / image.width
      try scale(to: PixelSize(height: max(height, 1), width: size.width))
    } else {
      let width = image.width * size.height / image.height
      try scale(to: PixelSize(height: size.height, width: max(width, 1)))
    }
    let isCentered = position == .center
    let top = isCentered ? (size.height - image.height) / 2 : 0
    let left = isCentered ? (size.width - image.width) / 2 : 0
    image = image.placed(onto: size, top: top, left: left, fill: fill)
    move(top: top, left: left)
  }

  /// Scales so that all of the size is covered, the longer side rounded, and keeps the middle.
  mutating func cover(_ size: PixelSize) throws(PictureProblem) {
    if size.width * image.height >= size.height * image.width {
      let height = (2 * image.height * size.width + image.width) / (2 * image.width)
      try scale(to: PixelSize(height: height, width: size.width))
    } else {
      let width = (2 * image.width * size.height + image.height) / (2 * image.height)
      try scale(to: PixelSize(height: size.height, width: width))
    }
    try crop(to: size)
  }

  /// Keeps the middle; of an odd rest, the smaller half is cut off above and at the left.
  mutating func crop(to size: PixelSize) throws(PictureProblem) {
    guard size.height <= image.height, size.width <= image.width else {
      throw .crop(found: image.size, expected: size)
    }
    let top = (image.height - size.height) / 2
    let left = (image.width - size.width) / 2
    image = image.placed(onto: size, top: -top, left: -left, fill: [0, 0, 0])
    move(top: -top, left: -left)
  }

  private mutating func move(top: Int, left: Int) {
    placement.y.offset += Double(top)
    placement.x.offset += Double(left)
  }
}

extension Image {
  /// A picture of another size with this one in it; what sticks out is cut off.
  fileprivate func placed(onto size: PixelSize, top: Int, left: Int, fill: [UInt8]) -> Image {
    var result: [UInt8] = []
    result.reserveCapacity(size.height * size.width * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (row, column) = (y - top, x - left)
        if (0..<height).contains(row) && (0..<width).contains(column) {
          let start = 3 * (row * width + column)
          result += samples[start..<start + 3]
        } else {
          result += fill
        }
      }
    }
    return Image(width: size.width, height: size.height, samples: result)
  }
}
