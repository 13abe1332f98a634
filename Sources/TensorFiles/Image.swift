// SPDX-License-Identifier: Apache-2.0

/// A picture of 8-bit red, green, blue samples, rows from the top.
package struct Image: Hashable, Sendable {
  /// The most pixels an image may have: 64 Mi, 192 MiB of samples.
  package static let maximumPixelCount = 1 << 26

  /// In pixels; at least 1.
  package let width: Int
  package let height: Int

  /// `height · width · 3` samples, shape `[height, width, 3]`.
  package let samples: [UInt8]

  /// - Precondition: `samples.count == height * width * 3`, and neither extent is 0.
  package init(width: Int, height: Int, samples: [UInt8]) {
    precondition(width > 0 && height > 0, "an image has pixels")
    precondition(samples.count == width * height * 3, "three samples for each pixel")
    self.width = width
    self.height = height
    self.samples = samples
  }
}

/// Decodes a PNG, JPEG or binary PPM image; the first bytes say which.
///
/// Grey becomes three equal samples, 16-bit samples become 8-bit, transparency is dropped, an
/// orientation tag is not applied.
/// - Throws: `TensorFileError`; a damaged or truncated image is refused, never shown in part.
package func readImage(_ bytes: [UInt8]) throws(TensorFileError) -> Image {
  if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try readPNG(bytes) }
  if bytes.starts(with: [0xFF, 0xD8]) { return try readJPEG(bytes) }
  if bytes.starts(with: "P6".utf8) { return try readPPM(bytes) }
  throw .imageFormatUnknown
}

/// Refuses sizes that are not supported, and those that `fileBytes` cannot hold.
///
/// No pixel of the supported formats takes less than a bit before packing, and deflate packs 1032
/// bytes into one at best; JPEG packs less.
func checkImageSize(width: Int, height: Int, fileBytes: Int) throws(TensorFileError) {
  let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
  guard width > 0, height > 0, !overflow, pixels <= Image.maximumPixelCount,
    pixels / (8 * 1032) <= fileBytes
  else { throw .imageSize(width: width, height: height) }
}
