// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// A `TensorProto`: header decoded, contents still in the file.
struct ONNXTensor {
  let window: ByteWindow
  private(set) var name = ""
  private(set) var dtype = ForeignDType.unsupported("undefined")
  private(set) var extents: [Int] = []
  private var isExternal = false

  /// Whether elements are int4, two in a byte, which become int8.
  private var isInt4 = false

  init(_ window: ByteWindow) throws(ImportError) {
    self.window = window
    var extents: [Int] = []
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: try field.forEachInt { extents.append($0) }
      case 2:
        let number = try field.int()
        isInt4 = number == Self.int4
        dtype = isInt4 ? .supported(.int8) : ForeignDType(onnx: number)
      case 8: name = try field.string()
      case 13: isExternal = true
      case 14: isExternal = try field.int() == 1 || isExternal
      default: break
      }
    }
    self.extents = extents
  }

  /// `TensorProto.DataType.INT4`.
  private static let int4 = 22

  /// The contents as a constant, or why they are not read.
  func origin() throws(ImportError) -> ForeignValue.Origin {
    if isExternal {
      return .unreadable(
        .unsupportedFeature(.externalData, name: name, byteOffset: window.byteOffset))
    }
    guard case .supported(let dtype) = dtype else {
      return .unreadable(
        .unsupportedFeature(.dtype(self.dtype.name), name: name, byteOffset: window.byteOffset))
    }
    return .constant(try data(dtype))
  }

  private func data(_ dtype: DType) throws(ImportError) -> TensorData {
    guard let shape = Shape(checking: extents) else {
      throw .tensor(name, .invalidShape(extents), byteOffset: window.byteOffset)
    }
    let type = TensorType(dtype, shape)
    let bytes = try payload(dtype)
    let byteCount = isInt4 ? (type.byteCount + 1) / 2 : type.byteCount
    guard bytes.count == byteCount else {
      throw .tensor(
        name, .dataSize(expected: byteCount, actual: bytes.count), byteOffset: window.byteOffset)
    }
    guard isInt4 else { return TensorData(type, bytes: bytes) }
    // The first of two in the lower half; each is moved to the upper and back, with its sign.
    let levels = (0..<type.byteCount).map { index in
      let byte = bytes[index / 2]
      return Int8(bitPattern: index % 2 == 0 ? byte << 4 : byte & 0xF0) >> 4
    }
    return TensorData(shape, int8: levels)
  }

  /// The elements, little-endian, from whichever field the writer chose for the dtype.
  private func payload(_ dtype: DType) throws(ImportError) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ window: ByteWindow) { bytes.append(contentsOf: window.file[window.range]) }
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch (field.number, dtype) {
      case (9, _): append(try field.window())
      case (4, .float32): append(try field.fixedWidthBytes(elementByteCount: 4))
      case (10, .float64): append(try field.fixedWidthBytes(elementByteCount: 8))
      case (7, .int64),
        (5, .int32), (5, .int16), (5, .int8), (5, .uint8), (5, .bool), (5, .float16):
        // Narrow integers and float16 bit patterns stand in the low bytes of `int32_data`.
        try field.forEachInt { bytes.appendLittleEndian($0, byteCount: dtype.byteCount) }
      default: break
      }
    }
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func appendLittleEndian(_ value: Int, byteCount: Int) {
    for index in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> (8 * index))) }
  }
}
