// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// The only version of the TFLite schema there has ever been.
let tfliteSchemaVersion = 3

extension ForeignModel {
  /// Decodes a TFLite `Model`.
  ///
  /// Field numbers are those of TensorFlow's `schema.fbs`.
  static func tflite(_ file: [UInt8]) throws(ImportError) -> ForeignModel {
    let model = try FlatBuffer(file).root()
    let version = try model.int(0, as: UInt32.self)
    let subgraphs = try model.tables(2)
    guard let main = subgraphs.first else {
      throw .fieldMissing(.tfliteSubgraph, byteOffset: model.position)
    }
    var decoder = TFLiteTensorDecoder(buffers: try model.tables(4))
    var values: [ForeignValue] = []
    for (index, table) in try main.tables(0).enumerated() {
      values.append(try decoder.decode(table, index: index))
    }
    let inputs = try TFLiteNodeDecoder.indices(main, field: 1, count: values.count)
    let outputs = try TFLiteNodeDecoder.indices(main, field: 2, count: values.count)
    try checkPorts(inputs: inputs, outputs: outputs, values: values, byteOffset: main.position)

    let nodeDecoder = try TFLiteNodeDecoder(codes: try model.tables(1), values: values)
    var nodes: [ForeignNode] = []
    for table in try main.tables(3) { nodes.append(try nodeDecoder.decode(table)) }
    return ForeignModel(
      format: .tflite, producer: try model.string(3) ?? "", version: version, values: values,
      inputs: inputs, outputs: outputs, nodes: nodes, byteCount: file.count,
      obstacle: obstacle(version: version, subgraphs: subgraphs))
  }

  private static func obstacle(version: Int, subgraphs: [FlatTable]) -> ImportError? {
    guard version == tfliteSchemaVersion else {
      return .unsupportedVersion(
        .tfliteSchema, found: version, supported: tfliteSchemaVersion...tfliteSchemaVersion)
    }
    guard subgraphs.count == 1 else {
      return .unsupportedFeature(.subgraphs, name: "", byteOffset: subgraphs[1].position)
    }
    return nil
  }

  /// Ports have distinct names, and no input has contents of its own.
  private static func checkPorts(
    inputs: [Int], outputs: [Int], values: [ForeignValue], byteOffset: Int
  ) throws(ImportError) {
    for ports in [inputs, outputs] {
      var names = Set<String>()
      for port in ports where !names.insert(values[port].name).inserted {
        throw .structure(
          .duplicateName(values[port].name, byteOffset: values[port].byteOffset))
      }
    }
    for input in inputs where values[input].isConstant {
      throw .unsupportedFeature(
        .constantInput, name: values[input].name, byteOffset: values[input].byteOffset)
    }
  }
}
