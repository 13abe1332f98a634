// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A model as its file states it, before any operator is understood.
///
/// What both decoders produce, the assembler turns into a graph, and a summary counts. Values are
/// referred to by their index in `values`.
package struct ForeignModel {
  package let format: ModelFormat
  package let producer: String

  /// The ONNX operator set, or the TFLite schema version.
  package let version: Int
  package let values: [ForeignValue]

  /// Without the inputs that a constant supplies.
  package let inputs: [Int]
  package let outputs: [Int]
  package let nodes: [ForeignNode]
  package let byteCount: Int

  /// Why the model as a whole cannot become a graph, although its file is well formed.
  package let obstacle: ImportError?
}

/// A tensor of a foreign model.
package struct ForeignValue {
  /// Where its contents come from.
  package enum Origin {
    /// A model input, or a node output.
    case computed
    case constant(TensorData)
    /// What an operator keeps between runs, zero at first; the error is thrown when a node needs it
    /// whose operator keeps nothing.
    case state(ImportError)
    /// Something the importer does not read; the error is thrown when a node needs it.
    case unreadable(ImportError)
  }

  package let name: String
  package let byteOffset: Int
  package var dtype: ForeignDType?
  package var extents: [ForeignExtent]?

  /// Concrete extents, where the file gives an example beside its free ones.
  package var exampleExtents: [Int]?
  package var quantization: QuantizationParameters?

  /// Whether the file stores uint8 where `dtype` says int8; see `storeSigned()`.
  package var isUnsigned = false
  package var origin = Origin.computed

  /// Whether the file supplies the contents.
  package var isConstant: Bool {
    if case .computed = origin { false } else { true }
  }

  /// The concrete type, when the file states all of it.
  package var type: TensorType? {
    guard case .supported(let dtype) = dtype,
      let extents = exampleExtents ?? fixedExtents, let shape = Shape(checking: extents)
    else { return nil }
    return TensorType(dtype, shape, quantization: quantization)
  }

  private var fixedExtents: [Int]? {
    let fixed = extents?.compactMap { if case .fixed(let extent) = $0 { extent } else { nil } }
    return fixed?.count == extents?.count ? fixed : nil
  }
}

/// A foreign element type.
package enum ForeignDType: Equatable {
  case supported(DType)
  /// By the format's own name.
  case unsupported(String)

  package var name: String {
    switch self {
    case .supported(let dtype): "\(dtype.name)"
    case .unsupported(let name): name
    }
  }
}

/// An operator applied to values, as the file states it.
package struct ForeignNode {
  package let name: String

  /// `nil` when the format itself marks the operator as foreign: ONNX's other domains.
  package let key: Spelling.Key?
  package let operatorName: String
  package let version: Int
  package let attributes: Attributes

  /// `nil` where an optional one is omitted.
  package let inputs: [Int?]
  package let outputs: [Int?]
  package let byteOffset: Int

  /// Why the node cannot be imported although its operator may be known.
  package let obstacle: ImportError?

  /// Whether the operator keeps some of its inputs from run to run.
  package var keepsState: Bool {
    guard case .tflite(let code) = key else { return false }
    return TFLiteOperatorNames.keepingState.contains(code)
  }

  package var location: NodeLocation {
    NodeLocation(name: name, operatorName: operatorName, byteOffset: byteOffset)
  }
}
