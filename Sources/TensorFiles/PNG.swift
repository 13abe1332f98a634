// SPDX-License-Identifier: Apache-2.0
import CPNG

/// Decodes a PNG of any colour type and depth.
func readPNG(_ bytes: [UInt8]) throws(TensorFileError) -> Image {
  let result: Result<Image, TensorFileError> = unsafe bytes.withUnsafeBytes { buffer in
    unsafe decodePNG(buffer)
  }
  return try result.get()
}

/// The PNG file of an image, 8 bits a sample, without colour profile or date.
///
/// - Throws: `TensorFileError.imageCorrupt` with the encoder's words, when memory is short.
package func writePNG(_ image: Image) throws(TensorFileError) -> [UInt8] {
  var control = unsafe png_image()
  unsafe control.version = UInt32(PNG_IMAGE_VERSION)
  unsafe control.width = UInt32(image.width)
  unsafe control.height = UInt32(image.height)
  unsafe control.format = PNGFormat.rgb
  // Rows of samples and one filter byte each, plus what deflate and the chunks may add: 0.1 %
  // and 4 KiB are more than the 5 bytes for each 16 KiB and 12 bytes for each 8 KiB they take.
  let rawBytes = image.height * (3 * image.width + 1)
  let room = rawBytes + rawBytes / 256 + 4096
  var isWritten = false
  let file = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, initialized in
    var byteCount = output.count
    // SAFETY: libpng writes at most `byteCount` bytes to the buffer and reads exactly the samples
    // that width, height and format imply; `Image` guarantees that they are there.
    let status = unsafe png_image_write_to_memory(
      &control, output.baseAddress, &byteCount, 0, image.samples, 0, nil)
    isWritten = status != 0
    initialized = isWritten ? byteCount : 0
  }
  guard isWritten else { throw unsafe .imageCorrupt(.png, reason: message(of: control)) }
  return file
}

/// The sample layouts that this module asks libpng for; `png.h` spells them as macros that Swift
/// cannot see.
private enum PNGFormat {
  static let alphaFlag: UInt32 = 0x01
  static let rgb: UInt32 = 0x02
  static let rgba: UInt32 = 0x03
}

private func decodePNG(_ file: UnsafeRawBufferPointer) -> Result<Image, TensorFileError> {
  var control = unsafe png_image()
  unsafe control.version = UInt32(PNG_IMAGE_VERSION)
  // SAFETY: frees what libpng allocated for `control`, on every way out; harmless when nothing.
  defer { unsafe png_image_free(&control) }
  // SAFETY: libpng keeps the pointer until `png_image_finish_read`, within the caller's closure.
  guard
    unsafe png_image_begin_read_from_memory(&control, file.baseAddress, file.count) != 0
  else { return unsafe .failure(.imageCorrupt(.png, reason: message(of: control))) }

  let width = unsafe Int(control.width)
  let height = unsafe Int(control.height)
  do throws(TensorFileError) {
    try checkImageSize(width: width, height: height, fileBytes: file.count)
  } catch {
    return .failure(error)
  }
  // 16-bit samples without a colour space are sRGB like the others, not linear.
  unsafe control.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
  let hasAlpha = unsafe control.format & PNGFormat.alphaFlag != 0
  unsafe control.format = hasAlpha ? PNGFormat.rgba : PNGFormat.rgb
  let byteCount = width * height * (hasAlpha ? 4 : 3)
  var isRead = false
  let samples = unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, initialized in
    // SAFETY: with a row stride of 0 libpng writes exactly width · height pixels of the format, the
    // size of the buffer; on success all of it is initialised.
    isRead = unsafe png_image_finish_read(&control, nil, output.baseAddress, 0, nil) != 0
    initialized = isRead ? byteCount : 0
  }
  guard isRead else {
    return unsafe .failure(.imageCorrupt(.png, reason: message(of: control)))
  }
  return .success(
    Image(width: width, height: height, samples: hasAlpha ? droppingAlpha(samples) : samples))
}

/// Red, green and blue of pixels of four samples.
private func droppingAlpha(_ samples: [UInt8]) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(samples.count / 4 * 3)
  for start in stride(from: 0, to: samples.count, by: 4) {
    result += samples[start..<start + 3]
  }
  return result
}

/// What libpng says went wrong.
private func message(of control: png_image) -> String {
  var text = unsafe control.message
  return unsafe withUnsafeBytes(of: &text) { bytes in
    // SAFETY: the bytes are those of the local tuple; they are copied up to the terminator.
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
