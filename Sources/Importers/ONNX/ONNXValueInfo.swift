// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Decodes `ValueInfoProto`: the name and type of an input or output.
enum ONNXValueInfo {
  static func decode(_ window: ByteWindow) throws(ImportError) -> ForeignValue {
    var name = ""
    var type: (dtype: ForeignDType, extents: [ForeignExtent]?)?
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2: type = try self.type(try field.window())
      default: break
      }
    }
    var value = ForeignValue(name: name, byteOffset: window.byteOffset)
    value.dtype = type?.dtype
    value.extents = type?.extents
    return value
  }

  /// A `TypeProto`: a tensor, or something else by name.
  private static func type(
    _ window: ByteWindow
  ) throws(ImportError) -> (dtype: ForeignDType, extents: [ForeignExtent]?)? {
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: return try tensorType(try field.window())
      case 4: return (.unsupported("sequence"), nil)
      case 5: return (.unsupported("map"), nil)
      case 7: return (.unsupported("opaque"), nil)
      case 8: return (.unsupported("sparse tensor"), nil)
      case 9: return (.unsupported("optional"), nil)
      default: break
      }
    }
    return nil
  }

  private static func tensorType(
    _ window: ByteWindow
  ) throws(ImportError) -> (dtype: ForeignDType, extents: [ForeignExtent]?) {
    var dtype = 0
    var extents: [ForeignExtent]?
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: dtype = try field.int()
      case 2: extents = try shape(try field.window())
      default: break
      }
    }
    return (ForeignDType(onnx: dtype), extents)
  }

  private static func shape(_ window: ByteWindow) throws(ImportError) -> [ForeignExtent] {
    var extents: [ForeignExtent] = []
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      if field.number == 1 { extents.append(try dimension(try field.window())) }
    }
    return extents
  }

  private static func dimension(_ window: ByteWindow) throws(ImportError) -> ForeignExtent {
    var extent = ForeignExtent.free("")
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: extent = .fixed(try field.int())
      case 2: extent = .free(try field.string())
      default: break
      }
    }
    return extent
  }
}

extension ForeignDType {
  /// By number of `TensorProto.DataType`.
  init(onnx number: Int) {
    self =
      switch number {
      case 1: .supported(.float32)
      case 2: .supported(.uint8)
      case 3: .supported(.int8)
      case 4: .unsupported("uint16")
      case 5: .supported(.int16)
      case 6: .supported(.int32)
      case 7: .supported(.int64)
      case 8: .unsupported("string")
      case 9: .supported(.bool)
      case 10: .supported(.float16)
      case 11: .supported(.float64)
      case 12: .unsupported("uint32")
      case 13: .unsupported("uint64")
      case 14: .unsupported("complex64")
      case 15: .unsupported("complex128")
      case 16: .unsupported("bfloat16")
      case 21: .unsupported("uint4")
      case 22: .unsupported("int4")
      default: .unsupported("data type \(number)")
      }
  }
}
