// SPDX-License-Identifier: Apache-2.0
import TensorFiles
import Testing

@Suite("images")
struct ImageTests {
  static let names = [
    "png_rgb", "png_alpha", "png_palette", "png_grey", "jpeg_baseline", "jpeg_progressive",
    "jpeg_grey", "ppm",
  ]

  @Test("decodes to the samples that Pillow decodes", arguments: names)
  func decodes(name: String) throws {
    let image = try readImage(#require(fixtures[name]))
    let expected = try #require(fixtures["\(name)_samples"])
    #expect(image.width == 24 && image.height == 16)
    // PNG and PPM are exact. Both JPEG decoders may be of different versions: one step apart.
    let tolerance = name.hasPrefix("jpeg") ? 1 : 0
    let largest = zip(image.samples, expected).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(largest) <= tolerance)
  }

  @Test func sixteenBitSamplesAreRounded() throws {
    // Sample n is n · 4369 of 65535, that is n · 17 of 255.
    let image = try readImage(#require(fixtures["png_grey16"]))
    #expect(image.samples == (0..<16).flatMap { [UInt8](repeating: $0 * 17, count: 3) })
  }

  @Test func roundTripsPNG() throws {
    for (width, height) in [(1, 1), (3, 5), (257, 2), (64, 64)] {
      var state: UInt32 = 1
      let samples = (0..<width * height * 3).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
      let image = Image(width: width, height: height, samples: samples)
      #expect(try readImage(writePNG(image)) == image)
    }
  }

  @Test func scalesPPMsOfFewLevels() throws {
    let file = Array("P6 # a comment\n2 1\n15\n".utf8) + [0, 1, 2, 8, 14, 15]
    #expect(try readImage(file).samples == [0, 17, 34, 136, 238, 255])
  }

  @Test("every truncation is an error", arguments: names + ["png_grey16"])
  func truncated(name: String) throws {
    let file = try #require(fixtures[name])
    // What follows the pixels is not needed: the end chunk of a PNG, the end marker of a JPEG.
    let trailer = name.hasPrefix("png") ? 12 : name.hasPrefix("jpeg") ? 2 : 0
    for count in 0..<file.count - trailer {
      #expect(throws: TensorFileError.self) { try readImage(Array(file.prefix(count))) }
    }
  }

  @Test("any flipped bit is an error or an image", arguments: names)
  func damaged(name: String) throws {
    let file = try #require(fixtures[name])
    for index in file.indices {
      var damaged = file
      damaged[index] ^= 1 << (index % 8)
      if let image = try? readImage(damaged) {
        #expect(image.samples.count == image.width * image.height * 3)
      }
    }
  }

  @Test func unsupportedImagesAreRefused() throws {
    #expect(throws: TensorFileError.imageFormatUnknown) { try readImage(Array("GIF89a".utf8)) }
    #expect(throws: TensorFileError.imageFormatUnknown) { try readImage([]) }
    let cmyk = try #require(fixtures["jpeg_cmyk"])
    #expect(throws: TensorFileError.self) { try readImage(cmyk) }
    let deep = Array("P6 1 1 65535\n".utf8) + [0, 0, 0, 0, 0, 0]
    #expect(throws: TensorFileError.imageHeader(.ppm, offset: 6)) { try readImage(deep) }
  }

  @Test("a small file cannot claim a large picture")
  func bombs() throws {
    let ppm = Array("P6 8192 8192 255\n".utf8)
    #expect(throws: TensorFileError.imageSize(width: 8192, height: 8192)) { try readImage(ppm) }
    // Baseline JPEG: the frame header holds height and width behind its length and precision.
    var jpeg = try #require(fixtures["jpeg_baseline"])
    let frame = try #require(jpeg.indices.first { jpeg[$0...].starts(with: [0xFF, 0xC0]) })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0x20, 0, 0x20, 0])
    #expect(throws: TensorFileError.imageSize(width: 8192, height: 8192)) { try readImage(jpeg) }
  }
}
