// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// An `AttributeProto`.
struct ONNXAttribute {
  /// The kinds of `AttributeProto.AttributeType` that an operator of the catalogue may have.
  private enum Kind: Int {
    case undefined = 0
    case float = 1
    case int = 2
    case string = 3
    case tensor = 4
    case floats = 6
    case ints = 7
  }

  private let window: ByteWindow
  private(set) var name = ""
  private var kind = 0
  private var float: Float?
  private var int: Int?
  private var string: ByteWindow?
  private var tensor: ByteWindow?
  private var floats: [Float] = []
  private var ints: [Int] = []

  init(_ window: ByteWindow) throws(ImportError) {
    self.window = window
    var ints: [Int] = []
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2: float = try field.float()
      case 3: int = try field.int()
      case 4: string = try field.window()
      case 5: tensor = try field.window()
      case 7:
        floats += littleEndianArray(
          try field.fixedWidthBytes(elementByteCount: 4).bytes, as: Float.self)
      case 8: try field.forEachInt { ints.append($0) }
      case 20: kind = try field.int()
      default: break
      }
    }
    self.ints = ints
  }

  /// The value, or why this kind of attribute is not read.
  func value() throws(ImportError) -> Result<AttributeValue, ImportError> {
    switch Kind(rawValue: kind) {
    case .float: return .success(.float(float ?? 0))
    case .int: return .success(.int(int ?? 0))
    case .string: return .success(.string(try string?.string() ?? ""))
    case .floats: return .success(.floats(floats))
    case .ints: return .success(.ints(ints))
    case .tensor: return try tensorValue()
    case .undefined: return try untypedValue()
    case nil: return .failure(unsupported)
    }
  }

  private func tensorValue() throws(ImportError) -> Result<AttributeValue, ImportError> {
    guard let tensor else { return .failure(unsupported) }
    switch try ONNXTensor(tensor).origin() {
    case .constant(let data): return .success(.tensor(data))
    case .unreadable(let error), .state(let error): return .failure(error)
    case .computed: return .failure(unsupported)
    }
  }

  /// Writers before IR version 2 left the kind out; the field that is set tells it.
  private func untypedValue() throws(ImportError) -> Result<AttributeValue, ImportError> {
    if let float { return .success(.float(float)) }
    if let int { return .success(.int(int)) }
    if let string { return .success(.string(try string.string())) }
    if tensor != nil { return try tensorValue() }
    if !floats.isEmpty { return .success(.floats(floats)) }
    return ints.isEmpty ? .failure(unsupported) : .success(.ints(ints))
  }

  private var unsupported: ImportError {
    .unsupportedFeature(.attribute(name), name: name, byteOffset: window.byteOffset)
  }
}
