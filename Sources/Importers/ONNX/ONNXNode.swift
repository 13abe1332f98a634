// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A `NodeProto`.
struct ONNXNode {
  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []
  private(set) var name = ""
  private(set) var type = ""
  private(set) var domain = ""
  private(set) var attributes: [String: AttributeValue] = [:]

  /// Why the node cannot be imported: an attribute of a kind that is not read.
  private(set) var obstacle: ImportError?

  init(_ window: ByteWindow) throws(ImportError) {
    var attributeFields: [ByteWindow] = []
    var reader = ProtobufReader(window)
    while let field = try reader.next() {
      switch field.number {
      case 1: inputs.append(try field.string())
      case 2: outputs.append(try field.string())
      case 3: name = try field.string()
      case 4: type = try field.string()
      case 5: attributeFields.append(try field.window())
      case 7: domain = try field.string()
      default: break
      }
    }
    for window in attributeFields { try addAttribute(window) }
  }

  private mutating func addAttribute(_ window: ByteWindow) throws(ImportError) {
    let attribute = try ONNXAttribute(window)
    guard !attribute.name.isEmpty else {
      throw .fieldMissing(.onnxAttributeName, byteOffset: window.byteOffset)
    }
    switch try attribute.value() {
    case .success(let value):
      guard attributes.updateValue(value, forKey: attribute.name) == nil else {
        throw .structure(.duplicateName(attribute.name, byteOffset: window.byteOffset))
      }
    case .failure(let error): obstacle = obstacle ?? error
    }
  }
}
