// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// One attribute of a foreign node.
package enum AttributeValue: Hashable, Sendable {
  case int(Int)
  case float(Float)
  case string(String)
  case ints([Int])
  case floats([Float])
  case tensor(TensorData)
}

/// The attributes of a foreign node, by the foreign format's own names.
///
/// ONNX: the attribute names of the operator specification. TFLite: the field names of the
/// operator's options table (`stride_w`, `fused_activation_function`), enumerations by number.
package struct Attributes: Sendable {
  private let values: [String: AttributeValue]

  package init(_ values: [String: AttributeValue]) { self.values = values }

  /// The attribute as it stands; `nil` when absent.
  package subscript(name: String) -> AttributeValue? { values[name] }

  package func int(_ name: String, default fallback: Int? = nil) throws(OperatorError) -> Int {
    switch values[name] {
    case .int(let value): return value
    case nil:
      guard let fallback else { throw .attributeMissing(name) }
      return fallback
    default: throw .attributeType(name)
    }
  }

  package func bool(_ name: String, default fallback: Bool) throws(OperatorError) -> Bool {
    try int(name, default: fallback ? 1 : 0) != 0
  }

  package func float(_ name: String, default fallback: Float? = nil) throws(OperatorError) -> Float
  {
    switch values[name] {
    case .float(let value): return value
    case nil:
      guard let fallback else { throw .attributeMissing(name) }
      return fallback
    default: throw .attributeType(name)
    }
  }

  package func string(_ name: String, default fallback: String? = nil) throws(OperatorError)
    -> String
  {
    switch values[name] {
    case .string(let value): return value
    case nil:
      guard let fallback else { throw .attributeMissing(name) }
      return fallback
    default: throw .attributeType(name)
    }
  }

  package func ints(_ name: String, default fallback: [Int]? = nil) throws(OperatorError) -> [Int] {
    switch values[name] {
    case .ints(let value): return value
    case nil:
      guard let fallback else { throw .attributeMissing(name) }
      return fallback
    default: throw .attributeType(name)
    }
  }

  package func floats(_ name: String, default fallback: [Float]? = nil) throws(OperatorError)
    -> [Float]
  {
    switch values[name] {
    case .floats(let value): return value
    case nil:
      guard let fallback else { throw .attributeMissing(name) }
      return fallback
    default: throw .attributeType(name)
    }
  }

  package func tensor(_ name: String) throws(OperatorError) -> TensorData? {
    switch values[name] {
    case .tensor(let value): return value
    case nil: return nil
    default: throw .attributeType(name)
    }
  }
}
