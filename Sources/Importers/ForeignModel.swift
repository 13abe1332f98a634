// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A model as its file states it, before any operator is understood.
///
/// What both decoders produce, the assembler turns into a graph, and a summary counts. Values are
/// referred to by their index in `values`.
struct ForeignModel {
  let format: ModelFormat
  let producer: String

  /// The ONNX operator set, or the TFLite schema version.
  let version: Int
  let values: [ForeignValue]

  /// Without the inputs that a constant supplies.
  let inputs: [Int]
  let outputs: [Int]
  let nodes: [ForeignNode]
  let byteCount: Int

  /// Why the model as a whole cannot become a graph, although its file is well formed.
  let obstacle: ImportError?
}

/// A tensor of a foreign model.
struct ForeignValue {
  /// Where its contents come from.
  enum Origin {
    /// A model input, or a node output.
    case computed
    case constant(TensorData)
    /// Something the importer does not read; the error is thrown when a node needs it.
    case unreadable(ImportError)
  }

  let name: String
  let byteOffset: Int
  var dtype: ForeignDType?
  var extents: [ForeignExtent]?
  var quantization: QuantizationParameters?
  var origin = Origin.computed

  /// Whether the file supplies the contents.
  var isConstant: Bool {
    if case .computed = origin { false } else { true }
  }

  /// The concrete type, when the file states all of it.
  var type: TensorType? {
    guard case .supported(let dtype) = dtype, let extents else { return nil }
    var fixed: [Int] = []
    for extent in extents {
      guard case .fixed(let extent) = extent else { return nil }
      fixed.append(extent)
    }
    return Shape(checking: fixed).map { TensorType(dtype, $0, quantization: quantization) }
  }
}

/// A foreign element type.
enum ForeignDType: Equatable {
  case supported(DType)
  /// By the format's own name.
  case unsupported(String)

  var name: String {
    switch self {
    case .supported(let dtype): "\(dtype.name)"
    case .unsupported(let name): name
    }
  }
}

/// An operator applied to values, as the file states it.
struct ForeignNode {
  let name: String

  /// `nil` when the format itself marks the operator as foreign: other domains, custom operators.
  let key: Spelling.Key?
  let operatorName: String
  let version: Int
  let attributes: Attributes

  /// `nil` where an optional one is omitted.
  let inputs: [Int?]
  let outputs: [Int?]
  let byteOffset: Int

  /// Why the node cannot be imported although its operator may be known.
  let obstacle: ImportError?

  var location: NodeLocation {
    NodeLocation(name: name, operatorName: operatorName, byteOffset: byteOffset)
  }
}
