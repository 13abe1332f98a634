// SPDX-License-Identifier: Apache-2.0
import Foundation
import Graph
import ONNXSchema
import SwiftProtobuf
import TensorCore

extension ONNXDocument {
  /// The file.
  ///
  /// - Throws: `ExportError.tooLarge`.
  func bytes() throws(ExportError) -> [UInt8] {
    let names = namesWithoutUnread
    let graph = Onnx_GraphProto.with { graph in
      graph.name = "graph"
      graph.node = nodes.map { message($0, names) }
      graph.initializer = initializers.map { initializer in
        var message = message(initializer.data)
        message.name = names[initializer.tensor.id]
        if initializer.isInt4 {
          message.dataType = Self.int4
          message.rawData = Data(initializer.data.halvedBytes)
        }
        return message
      }
      graph.input = inputs.map { message($0, names) }
      graph.output = outputs.map { message($0, names) }
    }
    let model = Onnx_ModelProto.with { model in
      model.irVersion = fileVersion
      model.producerName = "thimble"
      model.opsetImport = [.with { $0.version = Int64(operatorSet) }]
      model.graph = graph
    }
    do {
      return try model.serializedBytes()
    } catch {
      throw .tooLarge
    }
  }

  /// `TensorProto.DataType.INT4`.
  private static let int4: Int32 = 22

  /// The names, empty where an optional output is one that nothing reads: it need not be computed.
  private var namesWithoutUnread: [String] {
    var names = names
    let read = Set(nodes.flatMap { $0.inputs.compactMap(\.self) } + outputs.map(\.tensor))
    for node in nodes where node.hasOptionalOutputs {
      for output in node.outputs where !read.contains(output) { names[output.id] = "" }
    }
    return names
  }

  /// The version of the file format that came with the operator set.
  ///
  /// Source: `onnx.helper.VERSION_TABLE`.
  private var fileVersion: Int64 {
    switch operatorSet {
    case ..<15: 7
    case 15...18: 8
    case 19...20: 9
    default: 10
    }
  }

  private func message(_ node: Node, _ names: [String]) -> Onnx_NodeProto {
    .with { message in
      message.input = node.inputs.map { $0.map { names[$0.id] } ?? "" }
      message.output = node.outputs.map { names[$0.id] }
      message.name = node.outputs.lazy.map { names[$0.id] }.first { !$0.isEmpty } ?? ""
      message.opType = node.type
      message.attribute = node.attributes.map { self.message($0) }
    }
  }

  private func message(_ port: Port, _ names: [String]) -> Onnx_ValueInfoProto {
    .with { message in
      message.name = names[port.tensor.id]
      message.type.tensorType.elemType = port.type.dtype.onnxNumber
      message.type.tensorType.shape.dim = port.type.shape.extents.map { extent in
        .with { $0.dimValue = Int64(extent) }
      }
    }
  }

  private func message(_ attribute: Attribute) -> Onnx_AttributeProto {
    .with { message in
      message.name = attribute.name
      switch attribute.value {
      case .int(let value): (message.type, message.i) = (.int, Int64(value))
      case .float(let value): (message.type, message.f) = (.float, value)
      case .string(let value): (message.type, message.s) = (.string, Data(value.utf8))
      case .ints(let values): (message.type, message.ints) = (.ints, values.map { Int64($0) })
      case .floats(let values): (message.type, message.floats) = (.floats, values)
      case .tensor(let data): (message.type, message.t) = (.tensor, self.message(data))
      }
    }
  }

  private func message(_ data: TensorData) -> Onnx_TensorProto {
    .with { message in
      message.dims = data.type.shape.extents.map { Int64($0) }
      message.dataType = data.type.dtype.onnxNumber
      message.rawData = Data(data.bytes)
    }
  }
}

extension DType {
  /// The number of `TensorProto.DataType`.
  var onnxNumber: Int32 {
    let type: Onnx_TensorProto.DataType =
      switch self {
      case .float32: .float
      case .float16: .float16
      case .float64: .double
      case .int8: .int8
      case .uint8: .uint8
      case .int16: .int16
      case .int32: .int32
      case .int64: .int64
      case .bool: .bool
      }
    return Int32(type.rawValue)
  }
}

extension TensorData {
  /// Bytes of 4 bits, two in one, the first in the lower half.
  fileprivate var halvedBytes: [UInt8] {
    stride(from: 0, to: bytes.count, by: 2).map { index in
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      return bytes[index] & 0xF | next << 4
    }
  }
}
