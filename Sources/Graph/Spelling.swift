// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// How a foreign format spells an operator, and how such a node becomes graph nodes.
package struct Spelling: Sendable {
  /// What the importer finds in the file.
  package enum Key: Hashable, Sendable {
    /// Operator type in the default ONNX domain.
    case onnx(String)
    /// Operator type in ONNX Runtime's domain, `com.microsoft`.
    case microsoft(String)
    /// `BuiltinOperator` number of the TFLite schema.
    case tflite(Int)
    /// Name of a TFLite custom operator.
    case tfliteCustom(String)
  }

  package typealias Build =
    @Sendable (inout ImportedNode) throws(OperatorError) -> [Value]

  package let key: Key

  /// The first ONNX operator-set version (or TFLite operator version) with this meaning.
  ///
  /// Of several spellings with one key, the newest not above the model's version applies.
  package let since: Int

  /// Adds the nodes that mean the same; returns the values of the foreign node's outputs.
  package let build: Build

  package static func onnx(_ type: String, since: Int, _ build: @escaping Build) -> Spelling {
    Spelling(key: .onnx(type), since: since, build: build)
  }

  package static func microsoft(_ type: String, _ build: @escaping Build) -> Spelling {
    Spelling(key: .microsoft(type), since: 1, build: build)
  }

  package static func tflite(_ code: Int, _ build: @escaping Build) -> Spelling {
    Spelling(key: .tflite(code), since: 1, build: build)
  }

  package static func tfliteCustom(_ name: String, _ build: @escaping Build) -> Spelling {
    Spelling(key: .tfliteCustom(name), since: 1, build: build)
  }
}

/// A node of a foreign model on its way into a graph.
package struct ImportedNode: Sendable {
  /// What the foreign file says of an output.
  package struct Output: Sendable {
    /// Empty for an output that is left out, or that nothing reads.
    package let name: String

    /// The declared shape, when the file states all of it.
    package let shape: Shape?

    /// The declared scale and zero point; TFLite states them.
    package let quantization: QuantizationParameters?

    /// The declared dtype, when it is one that graphs have.
    package let dtype: DType?

    package init(
      name: String, shape: Shape?, quantization: QuantizationParameters?, dtype: DType? = nil
    ) {
      self.name = name
      self.shape = shape
      self.quantization = quantization
      self.dtype = dtype
    }
  }

  package let name: String
  package let attributes: Attributes

  /// The inputs in the foreign order; an omitted optional input is `nil`.
  package let inputs: [Value?]
  package let outputs: [Output]

  /// The operator-set version of the model.
  package let version: Int

  /// The graph under construction.
  package var builder: GraphBuilder

  package init(
    name: String, attributes: Attributes, inputs: [Value?], outputs: [Output], version: Int,
    builder: GraphBuilder
  ) {
    self.name = name
    self.attributes = attributes
    self.inputs = inputs
    self.outputs = outputs
    self.version = version
    self.builder = builder
  }

  /// A required input.
  package func input(_ index: Int) throws(OperatorError) -> Value {
    guard let value = optionalInput(index) else {
      throw .inputCount(expected: index + 1...index + 1, actual: inputs.count)
    }
    return value
  }

  /// An input that may be omitted.
  package func optionalInput(_ index: Int) -> Value? {
    index < inputs.count ? inputs[index] : nil
  }

  /// The contents of a required input that must be known at compile time: a shape, an axis.
  ///
  /// What a model computes from shapes and constants has been folded by now.
  package func constantInput(_ index: Int) throws(OperatorError) -> TensorData {
    guard let data = builder.constant(try input(index)) else {
      throw .inputNotConstant(input: index)
    }
    return data
  }

  /// The integers of a required constant input.
  package func indices(_ index: Int) throws(OperatorError) -> [Int] {
    let data = try constantInput(index)
    guard let values = data.indexValues else {
      throw .dtype(input: index, actual: data.type.dtype)
    }
    return values
  }

  /// The declared quantisation of an output, when the file states one.
  package func outputQuantization(_ index: Int = 0) -> QuantizationParameters? {
    index < outputs.count ? outputs[index].quantization : nil
  }
}
