// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The ONNX operator sets whose meaning the spellings know.
let supportedOpsets = 7...21

extension ForeignModel {
  /// Decodes an ONNX `ModelProto`.
  ///
  /// Field numbers are those of `onnx.proto`.
  static func onnx(_ file: [UInt8]) throws(ImportError) -> ForeignModel {
    var graph: ByteWindow?
    var opset: Int?
    var producer = ""
    var producerVersion = ""
    var firstFunction: ByteWindow?

    var reader = ProtobufReader(ByteWindow(file: file, range: file.indices))
    while let field = try reader.next() {
      switch field.number {
      case 2: producer = try field.string()
      case 3: producerVersion = try field.string()
      case 7:
        guard graph == nil else { throw .malformed(.repeatedField, byteOffset: field.byteOffset) }
        graph = try field.window()
      case 8: opset = try opsetVersion(try field.window()) ?? opset
      case 25: if firstFunction == nil { firstFunction = try field.window() }
      default: break
      }
    }
    guard let graph else { throw .fieldMissing(.onnxGraph, byteOffset: file.count) }
    guard let opset else { throw .fieldMissing(.onnxOpset, byteOffset: file.count) }

    var decoder = ONNXGraphDecoder(opset: opset)
    try decoder.decode(graph)
    return ForeignModel(
      format: .onnx,
      producer: producerVersion.isEmpty ? producer : "\(producer) \(producerVersion)",
      version: opset, values: decoder.values, inputs: decoder.inputs, outputs: decoder.outputs,
      nodes: decoder.nodes, byteCount: file.count,
      obstacle: obstacle(opset: opset, firstFunction: firstFunction) ?? decoder.obstacle)
  }

  private static func obstacle(opset: Int, firstFunction: ByteWindow?) -> ImportError? {
    guard supportedOpsets.contains(opset) else {
      return .unsupportedVersion(.onnxOpset, found: opset, supported: supportedOpsets)
    }
    return firstFunction.map { function in
      .unsupportedFeature(.localFunctions, name: "", byteOffset: function.byteOffset)
    }
  }

  /// The version of an `OperatorSetIdProto` of the default domain; `nil` for other domains.
  private static func opsetVersion(_ window: ByteWindow) throws(ImportError) -> Int? {
    var domain = ""
    var version = 0
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: domain = try field.string()
      case 2: version = try field.int()
      default: break
      }
    }
    return isDefaultONNXDomain(domain) ? version : nil
  }
}

/// Whether operators of this domain are those of the ONNX standard.
func isDefaultONNXDomain(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
