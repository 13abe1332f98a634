// SPDX-License-Identifier: Apache-2.0
import Importers
import TensorCore

/// What `inspect` tells of a model that is not compiled yet.
struct ModelReport: Encodable {
  struct Port: Encodable {
    let name: String
    let dtype: String?
    /// Extents, free ones by the model's name for them or `?`.
    let shape: String
  }

  struct Operator: Encodable {
    let name: String
    let count: Int
  }

  struct UnsupportedOperator: Encodable {
    let name: String
    let count: Int
    let firstNode: String
    let byteOffset: Int
  }

  let file: String
  let format: String
  let version: Int
  let producer: String
  let fileBytes: Int
  let parameters: Int
  let parameterBytes: Int
  let inputs: [Port]
  let outputs: [Port]
  let operators: [Operator]
  let unsupportedOperators: [UnsupportedOperator]
  /// Why the model cannot be compiled, beside its operators.
  let obstacle: String?

  init(_ summary: ModelSummary, path: String) {
    file = path
    format = summary.format.rawValue
    version = summary.version
    producer = summary.producer
    fileBytes = summary.fileByteCount
    parameters = summary.parameterCount
    parameterBytes = summary.parameterByteCount
    inputs = summary.inputs.map(Port.init)
    outputs = summary.outputs.map(Port.init)
    operators = summary.operators.map { Operator(name: $0.operatorName, count: $0.count) }
    unsupportedOperators = summary.unsupportedOperators.map {
      UnsupportedOperator(
        name: $0.operatorName, count: $0.count, firstNode: $0.firstNode,
        byteOffset: $0.byteOffset)
    }
    obstacle = summary.obstacle.map { "\($0)" }
  }
}

extension ModelReport.Port {
  fileprivate init(_ port: ModelSummary.Port) {
    self.init(name: port.name, dtype: port.dtype, shape: port.shapeDescription)
  }
}
