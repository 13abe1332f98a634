// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// What a model file holds, told without importing it: for `thimble inspect MODEL`.
///
/// Names come from the file as they are; escape them before printing.
package struct ModelSummary: Equatable, Sendable {
  /// An input or output as the file states it.
  package struct Port: Equatable, Sendable {
    package let name: String
    /// `float32`, or a dtype that is not supported by the format's name; `nil` when not stated.
    package let dtype: String?
    /// `nil` when not stated.
    package let extents: [ForeignExtent]?
    package let quantization: QuantizationParameters?

    /// The extents as `1x3x224x224`, free ones by name or `?`.
    package var shapeDescription: String { extents.map(describe) ?? "unknown" }
  }

  /// How often the model uses an operator.
  package struct OperatorCount: Equatable, Sendable {
    package let operatorName: String
    package let count: Int

    package init(operatorName: String, count: Int) {
      self.operatorName = operatorName
      self.count = count
    }
  }

  package let format: ModelFormat
  package let producer: String

  /// The ONNX operator set, or the TFLite schema version.
  package let version: Int
  package let fileByteCount: Int
  package let inputs: [Port]
  package let outputs: [Port]

  /// Most frequent first, then by name.
  package let operators: [OperatorCount]

  /// In order of first use; empty when every operator is supported.
  package let unsupportedOperators: [UnsupportedOperator]

  /// Elements of all constant tensors: weights, and the few indices among them.
  package let parameterCount: Int
  package let parameterByteCount: Int

  /// Why the model cannot be imported as a whole, other than by its operators; `nil` if nothing.
  package let obstacle: ImportError?

  /// Reads a model file as far as it is needed.
  ///
  /// - Throws: `ImportError` when the file is damaged; unsupported operators are no error here.
  package init(_ bytes: [UInt8]) throws(ImportError) {
    let model = try ForeignModel(bytes)
    format = model.format
    producer = model.producer
    version = model.version
    fileByteCount = bytes.count
    inputs = model.inputs.map { Port(model.values[$0]) }
    outputs = model.outputs.map { Port(model.values[$0]) }
    let counts = Dictionary(grouping: model.nodes, by: \.operatorName).mapValues(\.count)
    operators = counts.map { OperatorCount(operatorName: $0, count: $1) }.sorted {
      ($1.count, $0.operatorName) < ($0.count, $1.operatorName)
    }
    unsupportedOperators = model.unsupportedOperators
    let constants = model.values.compactMap(\.constant)
    parameterCount = constants.reduce(0) { $0 + $1.type.shape.elementCount }
    parameterByteCount = constants.reduce(0) { $0 + $1.bytes.count }
    obstacle = model.obstacle ?? model.values.lazy.compactMap(\.obstacle).first
  }
}

extension ModelSummary.Port {
  fileprivate init(_ value: ForeignValue) {
    name = value.name
    dtype = value.statedDType?.name
    extents = value.extents
    quantization = value.statedQuantization
  }
}

extension ForeignValue {
  fileprivate var constant: TensorData? {
    if case .constant(let data) = origin { data } else { nil }
  }

  /// Why the value cannot be imported, as far as the file tells.
  fileprivate var obstacle: ImportError? {
    if case .unreadable(let error) = origin { error } else { nil }
  }
}
