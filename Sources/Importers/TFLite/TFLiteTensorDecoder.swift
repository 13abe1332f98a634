// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Decodes `Tensor` tables: a value each, constant when its buffer has contents.
struct TFLiteTensorDecoder {
  private let buffers: [FlatTable]

  /// Contents already copied, by where they stand: tensors that share a buffer share its copy.
  private var contents: [Int: [UInt8]] = [:]

  init(buffers: [FlatTable]) { self.buffers = buffers }

  mutating func decode(_ table: FlatTable, index: Int) throws(ImportError) -> ForeignValue {
    let name = try table.string(3) ?? ""
    var value = ForeignValue(
      name: name.isEmpty ? "tensor\(index)" : name, byteOffset: table.position)
    value.dtype = ForeignDType(tflite: try table.int(1, as: Int8.self))
    let shape = try table.ints(0, as: Int32.self)
    value.exampleExtents = shape
    value.extents = extents(shape, signature: try table.ints(7, as: Int32.self))
    if let quantization = try table.table(4) {
      if let details = try customDetails(quantization, of: value) {
        value.origin = .unreadable(details)
        return value
      }
      value.quantization = try TFLiteQuantization.decode(quantization, of: value, shape: shape)
    }
    value.origin = try origin(table, of: value, shape: shape)
    value.storeSigned()
    return value
  }

  /// A signature says −1 where the shape's number is only an example.
  private func extents(_ shape: [Int], signature: [Int]) -> [ForeignExtent] {
    guard signature.count == shape.count else { return shape.map { .fixed($0) } }
    return zip(shape, signature).map { $1 == -1 ? .free("") : .fixed($0) }
  }

  private func customDetails(
    _ quantization: FlatTable, of value: ForeignValue
  ) throws(ImportError) -> ImportError? {
    guard try quantization.int(4, as: UInt8.self) != 0 else { return nil }
    return .unsupportedFeature(
      .customQuantization, name: value.name, byteOffset: quantization.position)
  }

  private mutating func origin(
    _ table: FlatTable, of value: ForeignValue, shape: [Int]
  ) throws(ImportError) -> ForeignValue.Origin {
    func unreadable(_ feature: UnsupportedFeature) -> ForeignValue.Origin {
      .unreadable(.unsupportedFeature(feature, name: value.name, byteOffset: table.position))
    }
    if try table.int(5, as: UInt8.self) != 0 {
      return .state(
        .unsupportedFeature(.variableTensor, name: value.name, byteOffset: table.position))
    }
    if try table.table(6) != nil { return unreadable(.sparseTensor) }
    if try table.int(10, as: UInt32.self) != 0 { return unreadable(.externalData) }

    let index = try table.int(2, as: UInt32.self)
    // Old writers leave the buffer list out when nothing is constant.
    if index == 0, buffers.isEmpty { return .computed }
    guard index < buffers.count else {
      throw .malformed(
        .indexOutOfBounds(index: index, count: buffers.count), byteOffset: table.position)
    }
    // Files beyond 2 GiB keep contents outside the FlatBuffer; 0 and 1 mean they do not.
    if try buffers[index].int(1, as: UInt64.self) > 1 { return unreadable(.externalData) }
    guard let window = try buffers[index].unchargedWindow(0, elementByteCount: 1),
      window.byteCount > 0
    else { return .computed }
    guard case .supported(let dtype) = value.dtype else {
      return unreadable(.dtype(value.dtype?.name ?? ""))
    }
    guard let extents = Shape(checking: shape) else {
      throw .tensor(value.name, .invalidShape(shape), byteOffset: table.position)
    }
    let type = TensorType(dtype, extents, quantization: value.quantization)
    guard window.byteCount == type.byteCount else {
      throw .tensor(
        value.name, .dataSize(expected: type.byteCount, actual: window.byteCount),
        byteOffset: window.byteOffset)
    }
    return .constant(TensorData(type, bytes: try copy(window, buffer: table.buffer)))
  }

  private mutating func copy(
    _ window: ByteWindow, buffer: FlatBuffer
  ) throws(ImportError) -> [UInt8] {
    if let known = contents[window.byteOffset], known.count == window.byteCount { return known }
    try buffer.charge(window.byteCount, at: window.byteOffset)
    let bytes = window.bytes
    contents[window.byteOffset] = bytes
    return bytes
  }
}

extension ForeignDType {
  /// By number of `TensorType`.
  init(tflite number: Int) {
    self =
      switch number {
      case 0: .supported(.float32)
      case 1: .supported(.float16)
      case 2: .supported(.int32)
      case 3: .supported(.uint8)
      case 4: .supported(.int64)
      case 5: .unsupported("string")
      case 6: .supported(.bool)
      case 7: .supported(.int16)
      case 8: .unsupported("complex64")
      case 9: .supported(.int8)
      case 10: .supported(.float64)
      case 11: .unsupported("complex128")
      case 12: .unsupported("uint64")
      case 13: .unsupported("resource")
      case 14: .unsupported("variant")
      case 15: .unsupported("uint32")
      case 16: .unsupported("uint16")
      case 17: .unsupported("int4")
      case 18: .unsupported("bfloat16")
      case 19: .unsupported("int2")
      case 20: .unsupported("uint4")
      default: .unsupported("tensor type \(number)")
      }
  }
}
