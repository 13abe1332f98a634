// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A foreign model format.
package enum ModelFormat: String, Sendable {
  case onnx = "ONNX"
  case tflite = "TFLite"
}

/// What the user decides about an import.
package struct ImportOptions: Sendable {
  /// Shapes of inputs whose dimensions the model leaves free, by input name.
  ///
  /// A free leading batch dimension that is not named here becomes 1; any other is an error.
  package var inputShapes: [String: Shape]

  package init(inputShapes: [String: Shape] = [:]) { self.inputShapes = inputShapes }
}

/// Reads a model file into a verified graph.
///
/// The format is recognised by content: TFLite carries the identifier `TFL3` at byte 4, everything
/// else is read as ONNX. The graph keeps the model's own input and output names, shapes, dtypes and
/// layout.
///
/// - Parameters:
///   - bytes: the whole file.
///   - options: the shapes of free inputs.
/// - Returns: a graph that has passed `verify()`.
/// - Throws: `ImportError`, located by node name and byte offset. No input traps, hangs, or
///   allocates more than a small multiple of its size.
package func importModel(
  _ bytes: [UInt8], options: ImportOptions = ImportOptions()
) throws(ImportError) -> Graph {
  let model = try ForeignModel(bytes)
  var assembler = GraphAssembler(model)
  return try assembler.assemble(options)
}

extension ForeignModel {
  /// Decodes a file of either format, recognised by content.
  package init(_ bytes: [UInt8]) throws(ImportError) {
    guard bytes.count >= 8 else { throw .unrecognizedFormat(byteCount: bytes.count) }
    self = bytes[4..<8].elementsEqual("TFL3".utf8) ? try .tflite(bytes) : try .onnx(bytes)
  }
}
