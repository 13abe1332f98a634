// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Decodes a `GraphProto`: names become indices, initializers constants.
struct ONNXGraphDecoder {
  let opset: Int
  var values: [ForeignValue] = []
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var nodes: [ForeignNode] = []
  private(set) var obstacle: ImportError?
  private var indices: [String: Int] = [:]

  init(opset: Int) { self.opset = opset }

  mutating func decode(_ graph: ByteWindow) throws(ImportError) {
    // Fields come in any order, names must be known before they are used: collect, then decode.
    var nodeFields: [ByteWindow] = []
    var initializers: [ByteWindow] = []
    var inputFields: [ByteWindow] = []
    var outputFields: [ByteWindow] = []
    var reader = ProtobufReader(graph)
    while let field = try reader.next() {
      switch field.number {
      case 1: nodeFields.append(try field.window())
      case 5: initializers.append(try field.window())
      case 11: inputFields.append(try field.window())
      case 12: outputFields.append(try field.window())
      case 15:
        obstacle =
          obstacle
          ?? .unsupportedFeature(.sparseTensor, name: "", byteOffset: field.byteOffset)
      default: break
      }
    }
    for window in initializers { try addInitializer(window) }
    for window in inputFields { try addInput(window) }
    for window in outputFields { try addOutput(window) }
    for window in nodeFields { try addNode(window) }
    quantizeInputs()
  }

  private mutating func addInitializer(_ window: ByteWindow) throws(ImportError) {
    let tensor = try ONNXTensor(window)
    var value = ForeignValue(name: tensor.name, byteOffset: window.byteOffset)
    value.dtype = tensor.dtype
    value.extents = tensor.extents.map { .fixed($0) }
    value.origin = try tensor.origin()
    try define(value)
  }

  /// An input that an initializer supplies is a constant: all of them were listed twice before IR
  /// version 4, and since then the initializer is a default.
  private mutating func addInput(_ window: ByteWindow) throws(ImportError) {
    let value = try ONNXValueInfo.decode(window)
    if let known = indices[value.name], values[known].isConstant { return }
    inputs.append(values.count)
    try define(value)
  }

  private mutating func addOutput(_ window: ByteWindow) throws(ImportError) {
    let value = try ONNXValueInfo.decode(window)
    let index = index(of: value.name, byteOffset: value.byteOffset)
    guard !outputs.contains(index) else {
      throw .structure(.duplicateName(value.name, byteOffset: window.byteOffset))
    }
    if values[index].dtype == nil {
      values[index].dtype = value.dtype
      values[index].extents = value.extents
    }
    outputs.append(index)
  }

  private mutating func addNode(_ window: ByteWindow) throws(ImportError) {
    let node = try ONNXNode(window)
    let resolve = { (name: String, decoder: inout ONNXGraphDecoder) -> Int? in
      name.isEmpty ? nil : decoder.index(of: name, byteOffset: window.byteOffset)
    }
    var nodeInputs: [Int?] = []
    for name in node.inputs { nodeInputs.append(resolve(name, &self)) }
    var nodeOutputs: [Int?] = []
    for name in node.outputs { nodeOutputs.append(resolve(name, &self)) }
    let isStandard = isDefaultONNXDomain(node.domain)
    nodes.append(
      ForeignNode(
        name: node.name.isEmpty ? node.outputs.first ?? "" : node.name,
        key: key(of: node),
        operatorName: isStandard ? node.type : "\(node.domain)::\(node.type)", version: opset,
        attributes: Attributes(node.attributes), inputs: nodeInputs, outputs: nodeOutputs,
        byteOffset: window.byteOffset, obstacle: node.obstacle))
  }

  private func key(of node: ONNXNode) -> Spelling.Key? {
    if isDefaultONNXDomain(node.domain) { return .onnx(node.type) }
    return node.domain == "com.microsoft" ? .microsoft(node.type) : nil
  }

  private mutating func define(_ value: ForeignValue) throws(ImportError) {
    guard indices.updateValue(values.count, forKey: value.name) == nil else {
      throw .structure(.duplicateName(value.name, byteOffset: value.byteOffset))
    }
    values.append(value)
  }

  /// The value of a name, made on first mention.
  private mutating func index(of name: String, byteOffset: Int) -> Int {
    if let known = indices[name] { return known }
    indices[name] = values.count
    values.append(ForeignValue(name: name, byteOffset: byteOffset))
    return values.count - 1
  }
}
