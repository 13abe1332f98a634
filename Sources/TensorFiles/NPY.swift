// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The first bytes of every `.npy` file.
private let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

/// Reads an array as NumPy saves it: versions 1.0, 2.0 and 3.0, either byte order, C or Fortran
/// order.
///
/// The result is little-endian and in C order. Unsigned integers above 8 bits, complex numbers,
/// strings and objects are refused. Source: NumPy Enhancement Proposal 1 and `numpy.lib.format`.
/// - Throws: `TensorFileError`, located. Allocates at most twice the file's size.
package func readNPY(_ bytes: [UInt8]) throws(TensorFileError) -> TensorData {
  let reader = ByteReader(bytes: bytes, format: .npy)
  guard bytes.starts(with: signature) else { throw .signature(.npy) }
  let major = try reader.uint8(at: 6)
  let minor = try reader.uint8(at: 7)
  guard (1...3).contains(major), minor == 0 else {
    throw .npyVersion(major: major, minor: minor)
  }
  let headerStart = major == 1 ? 10 : 12
  let headerBytes = major == 1 ? Int(try reader.uint16(at: 8)) : Int(try reader.uint32(at: 8))
  let header = try NPYHeader(try reader.slice(at: headerStart, count: headerBytes))

  let type = TensorType(header.dtype, header.shape)
  let dataStart = headerStart + headerBytes
  var data = Array(try reader.slice(at: dataStart, count: type.byteCount))
  let end = dataStart + type.byteCount
  guard end == bytes.count else {
    throw .trailingBytes(.npy, offset: end, count: bytes.count - end)
  }
  if header.isBigEndian { data = swappingBytes(data, elementBytes: header.dtype.byteCount) }
  if header.isFortranOrder {
    data = fromFortranOrder(data, header.shape, elementBytes: header.dtype.byteCount)
  }
  if header.dtype == .bool { data = data.map { $0 == 0 ? 0 : 1 } }
  return TensorData(type, bytes: data)
}

/// The `.npy` file of a tensor, version 1.0 where its header fits, else 2.0.
///
/// Quantisation is not part of the format and is dropped.
package func writeNPY(_ tensor: TensorData) -> [UInt8] {
  let dtype = tensor.type.dtype
  let code = NPYHeader.typeCodes.first { $0.dtype == dtype }?.code ?? ""
  let order = dtype.byteCount == 1 ? "|" : "<"
  let extents = tensor.type.shape.extents
  let shape = extents.map(String.init).joined(separator: ", ") + (extents.count == 1 ? "," : "")
  let text = "{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': (\(shape)), }"

  let isLong = text.utf8.count > Int(UInt16.max) - 64
  let prefixBytes = isLong ? 12 : 10
  // The data starts at a multiple of 64 bytes; the last header byte is a line feed.
  let padding = 63 - (prefixBytes + text.utf8.count) % 64
  let headerBytes = text.utf8.count + padding + 1
  var file = signature + [isLong ? 2 : 1, 0]
  file.reserveCapacity(prefixBytes + headerBytes + tensor.bytes.count)
  if isLong {
    file.appendLittleEndian(UInt32(headerBytes))
  } else {
    file.appendLittleEndian(UInt16(headerBytes))
  }
  file += text.utf8
  file += [UInt8](repeating: UInt8(ascii: " "), count: padding)
  file.append(UInt8(ascii: "\n"))
  return file + tensor.bytes
}

/// Each element's bytes in the other order.
private func swappingBytes(_ bytes: [UInt8], elementBytes: Int) -> [UInt8] {
  bytes.indices.map { index in
    let element = index / elementBytes * elementBytes
    return bytes[element + elementBytes - 1 - index % elementBytes]
  }
}

/// Elements whose first axis varies fastest, brought into the order in which the last one does.
private func fromFortranOrder(_ bytes: [UInt8], _ shape: Shape, elementBytes: Int) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var sourceStrides: [Int] = []
  var stride = 1
  for extent in shape.extents {
    sourceStrides.append(stride)
    stride *= extent
  }
  var index = [Int](repeating: 0, count: shape.rank)
  var source = 0
  for _ in 0..<shape.elementCount {
    result += bytes[source * elementBytes..<(source + 1) * elementBytes]
    var axis = shape.rank - 1
    while axis >= 0 {
      index[axis] += 1
      source += sourceStrides[axis]
      if index[axis] < shape[axis] { break }
      source -= sourceStrides[axis] * shape[axis]
      index[axis] = 0
      axis -= 1
    }
  }
  return result
}
