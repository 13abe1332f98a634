// SPDX-License-Identifier: Apache-2.0

/// Decodes a binary PPM (`P6`) of 8-bit samples.
///
/// Source: the Netpbm `ppm` manual page. Samples of more than 8 bits are refused; a maximum below
/// 255 scales the samples up, rounding to nearest.
func readPPM(_ bytes: [UInt8]) throws(TensorFileError) -> Image {
  var scanner = PPMScanner(bytes: bytes)
  let width = try scanner.number()
  let height = try scanner.number()
  let maximumOffset = scanner.offset
  let maximum = try scanner.number()
  guard (1...255).contains(maximum) else { throw .imageHeader(.ppm, offset: maximumOffset) }
  try checkImageSize(width: width, height: height, fileBytes: bytes.count)
  // One white space ends the header.
  let start = scanner.offset + 1
  let reader = ByteReader(bytes: bytes, format: .ppm)
  var samples = Array(try reader.slice(at: start, count: width * height * 3))
  if maximum < 255 {
    samples = samples.map { UInt8((min(Int($0), maximum) * 510 + maximum) / (2 * maximum)) }
  }
  return Image(width: width, height: height, samples: samples)
}

/// Reads the decimal numbers of a PPM header; `#` starts a comment up to the end of its line.
private struct PPMScanner {
  let bytes: [UInt8]
  private(set) var offset = 2

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func number() throws(TensorFileError) -> Int {
    skipSpace()
    let digits = bytes[offset...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard digits.count < 10, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .imageHeader(.ppm, offset: offset)
    }
    offset = digits.endIndex
    return value
  }

  private mutating func skipSpace() {
    var isComment = false
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "#") { isComment = true }
      if byte == UInt8(ascii: "\n") { isComment = false }
      guard isComment || " \t\r\n".utf8.contains(byte) else { return }
      offset += 1
    }
  }
}
