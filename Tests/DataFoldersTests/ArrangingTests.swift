// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorFiles
import Testing

@Suite("fitting pictures to inputs")
struct ArrangingTests {
  private static let input = PixelSize(height: 4, width: 4)
  /// Twice as wide as high, every pixel of another grey.
  private static let wide = Image(
    width: 8, height: 4, samples: (0..<32).flatMap { [UInt8](repeating: 8 * $0, count: 3) })

  private static func settings(_ change: (inout Preprocessing) -> Void) -> Preprocessing {
    var settings = Preprocessing()
    change(&settings)
    return settings
  }

  @Test func refusesAnotherSizeWithoutARule() {
    #expect(throws: PictureProblem.size(found: Self.wide.size, expected: Self.input)) {
      try Preprocessing().arranged(Self.wide, for: Self.input)
    }
  }

  @Test func cropsTheMiddle() throws {
    let settings = Self.settings { $0.crop = Self.input }
    let (image, placement) = try settings.arranged(Self.wide, for: Self.input)
    #expect(image.samples[0] == 8 * 2 && image.samples[3 * 15] == 8 * 29)
    #expect(placement.x.offset == -2 && placement.y.offset == 0)
    #expect(
      placement.picture(Box(x0: 0, y0: 0, x1: 4, y1: 4)) == Box(x0: 2, y0: 0, x1: 6, y1: 4))
  }

  @Test func refusesToCropMoreThanThereIs() {
    let settings = Self.settings { $0.crop = PixelSize(height: 5, width: 4) }
    #expect(
      throws: PictureProblem.crop(found: Self.wide.size, expected: PixelSize(height: 5, width: 4))
    ) {
      try settings.arranged(Self.wide, for: Self.input)
    }
  }

  @Test func stretches() throws {
    let settings = Self.settings { $0.resize = .stretch }
    let (image, placement) = try settings.arranged(Self.wide, for: Self.input)
    #expect(image == resampled(Self.wide, to: Self.input))
    #expect(placement.x.scale == 0.5 && placement.y.scale == 1)
  }

  @Test("fits in the middle or the corner, and fills the rest")
  func fits() throws {
    let middle = Self.settings { ($0.resize, $0.fill) = (.fit, [9, 8, 7]) }
    let (image, placement) = try middle.arranged(Self.wide, for: Self.input)
    let scaled = resampled(Self.wide, to: PixelSize(height: 2, width: 4))
    #expect(Array(image.samples[0..<3]) == [9, 8, 7])
    #expect(Array(image.samples[12..<36]) == scaled.samples)
    #expect(placement.y.offset == 1 && placement.y.scale == 0.5 && placement.x.scale == 0.5)

    let corner = Self.settings { ($0.resize, $0.position) = (.fit, .corner) }
    let (other, place) = try corner.arranged(Self.wide, for: Self.input)
    #expect(Array(other.samples[0..<24]) == scaled.samples)
    #expect(place.y.offset == 0)
  }

  @Test("covers and keeps the middle, after resizing to another size")
  func covers() throws {
    let settings = Self.settings {
      $0.resize = .cover
      $0.size = PixelSize(height: 8, width: 8)
      $0.crop = Self.input
    }
    let (image, placement) = try settings.arranged(Self.wide, for: Self.input)
    let doubled = resampled(Self.wide, to: PixelSize(height: 8, width: 16))
    // 16 x 8 loses 4 at each side, then 2 all around: the first pixel was at 6, 2.
    #expect(
      Array(image.samples[0..<3]) == Array(doubled.samples[3 * (2 * 16 + 6)..<3 * (2 * 16 + 7)]))
    #expect(placement.x.offset == -6 && placement.y.offset == -2 && placement.x.scale == 2)
  }

  @Test func refusesPicturesThatWouldBeHuge() {
    let line = Image(width: 1 << 20, height: 1, samples: [UInt8](repeating: 0, count: 3 << 20))
    let settings = Self.settings { $0.resize = .cover }
    #expect(throws: PictureProblem.tooLarge) {
      try settings.arranged(line, for: PixelSize(height: 224, width: 224))
    }
  }
}
