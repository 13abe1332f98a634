// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Why a `.npy` file was refused.
enum NumPyError: Error {
  case notNumPy
  case unsupportedVersion
  case malformedHeader
  case unsupportedDType
  case fortranOrder
  case wrongSize

  var message: StaticString {
    switch self {
    case .notNumPy: "not a .npy file"
    case .unsupportedVersion: "an unknown version of .npy"
    case .malformedHeader: "its header is malformed"
    case .unsupportedDType: "its dtype is not supported"
    case .fortranOrder: "it is in Fortran order; save it with numpy.ascontiguousarray"
    case .wrongSize: "its size is not what its header says"
    }
  }
}

/// The dtype and shape of a `.npy` file.
///
/// Source: NEP 1, "A Simple File Format for NumPy Arrays", versions 1.0 to 3.0.
struct NumPyHeader {
  let type: TensorType
  /// Where the elements start.
  let dataOffset: Int

  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Reads the header of a whole file and checks that the elements behind it are all there.
  init(_ file: [UInt8]) throws(NumPyError) {
    guard file.count >= 10, file.starts(with: NumPyHeader.magic) else { throw .notNumPy }
    // Version 1 has a 16-bit header length, 2 and 3 a 32-bit one.
    let lengthBytes: Int
    switch file[6] {
    case 1: lengthBytes = 2
    case 2, 3: lengthBytes = 4
    default: throw .unsupportedVersion
    }
    guard file.count >= 8 + lengthBytes else { throw .malformedHeader }
    var length: UInt64 = 0
    for index in (0..<lengthBytes).reversed() { length = length << 8 | UInt64(file[8 + index]) }
    let start = 8 + lengthBytes
    guard length <= UInt64(file.count - start) else { throw .malformedHeader }
    dataOffset = start + Int(length)
    var dictionary = NumPyDictionary(Array(file[start..<dataOffset]))
    try dictionary.parse()
    guard !dictionary.isFortranOrder else { throw .fortranOrder }
    guard let shape = Shape(checking: dictionary.extents) else { throw .malformedHeader }
    type = TensorType(dictionary.dtype, shape)
    guard file.count - dataOffset == type.byteCount else { throw .wrongSize }
  }
}

/// The bytes of a `.npy` file, version 1.0.
func numPyFile(_ type: TensorType, _ elements: [UInt8]) -> [UInt8] {
  var header = "{'descr': '\(type.dtype.numPyDescription)', 'fortran_order': False, 'shape': ("
  for extent in type.shape.extents { header += "\(extent), " }
  header += "), }"
  // Elements start at a multiple of 64; the header ends with a line feed.
  let unpadded = 10 + header.utf8.count + 1
  header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
  let length = header.utf8.count
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
    + Array(header.utf8) + elements
}

extension DType {
  /// The dtype of a NumPy description such as `<f4`.
  init?(numPyDescription text: [UInt8]) {
    for dtype in DType.allCases where text.elementsEqual(dtype.numPyDescription.utf8) {
      self = dtype
      return
    }
    return nil
  }

  var numPyDescription: String {
    switch self {
    case .float32: "<f4"
    case .float16: "<f2"
    case .float64: "<f8"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .int16: "<i2"
    case .int32: "<i4"
    case .int64: "<i8"
    case .bool: "|b1"
    }
  }
}
