// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("resampling")
struct ResampleTests {
  /// Smaller, larger, by odd ratios, along one axis, to and from a single pixel.
  private static let sizes = [
    PixelSize(height: 40, width: 50), PixelSize(height: 17, width: 23),
    PixelSize(height: 41, width: 101), PixelSize(height: 40, width: 7),
    PixelSize(height: 160, width: 50), PixelSize(height: 1, width: 1),
    PixelSize(height: 3, width: 200), PixelSize(height: 13, width: 49),
  ]

  @Test(
    "gives what Pillow gives along each axis, to the bit",
    .enabled(if: PythonTools.isAvailable, PythonTools.skipMessage))
  func equalsPillow() throws {
    var generator = SeededGenerator(seed: 7)
    let noise = (0..<40 * 50 * 3).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let image = Image(width: 50, height: 40, samples: noise)
    try withTemporaryFolder { folder in
      let picture = folder.appending(path: "picture.png").path
      try writeFileAtomically(picture, writePNG(image))
      let names = Self.sizes.map { "\($0.width)x\($0.height)" }
      try PythonTools.run("resize-oracle", [picture, folder.path] + names)
      for (size, name) in zip(Self.sizes, names) {
        let expected = try readNPY(readFile(folder.appending(path: "\(name).npy").path))
        let differences = zip(resampled(image, to: size).samples, expected.bytes).count {
          $0 != $1
        }
        #expect(expected.bytes.count == 3 * size.height * size.width)
        #expect(differences == 0, "\(name)")
      }
    }
  }

  @Test func keepsAPictureOfTheSameSize() {
    let image = Image(width: 2, height: 1, samples: [1, 2, 3, 4, 5, 6])
    #expect(resampled(image, to: PixelSize(height: 1, width: 2)) == image)
  }

  @Test func averagesHalvesAndKeepsExtremes() {
    // A white and a black pixel: half as wide, both weigh the same; 127.5 rounds up.
    let image = Image(width: 2, height: 1, samples: [255, 255, 255, 0, 0, 0])
    #expect(
      resampled(image, to: PixelSize(height: 1, width: 1)).samples == [128, 128, 128])
    let white = Image(width: 3, height: 3, samples: [UInt8](repeating: 255, count: 27))
    #expect(
      resampled(white, to: PixelSize(height: 7, width: 2)).samples.allSatisfy { $0 == 255 })
  }
}
