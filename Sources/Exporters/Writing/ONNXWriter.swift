// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// Writes a graph node by node, and remembers in which forms the file has a value.
///
/// A value may be there in several layouts, and quantised ones as integers and as reals. The first
/// form is what its operator gives; others are added when an operator asks for them, so that
/// transposes and dequantisations that nobody needs are not written at all.
package struct ONNXWriter {
  /// The node that is being written.
  struct Current {
    var inputs: [Value] = []
    var output = TensorType(.float32, [])
    /// What its tensors are called.
    var name = ""
  }

  /// Where a value comes from.
  private enum Source {
    /// Tensors of its own, the first of which has this layout.
    case tensor(Layout)
    case constant(TensorData)
    case transposed(Value, [Int])
    case dequantized(Value)
  }

  /// One of the tensors that a value is in the file.
  private struct Form: Hashable {
    let value: Value
    let layout: Layout
    /// Whether it holds real numbers where the value is quantised.
    let isReal: Bool
  }

  let graph: Graph
  var document = ONNXDocument()
  var current = Current()
  private var sources: [Source?]
  private var tensors: [Form: WrittenTensor] = [:]

  init(_ graph: Graph) {
    self.graph = graph
    sources = graph.values.map { value in
      if case .constant(let data) = value.origin { .constant(data) } else { nil }
    }
  }

  mutating func addInput(_ port: Graph.Port) throws(ExportError) {
    guard !port.name.isEmpty else { throw .unnamedPort }
    let type = graph.type(of: port.value)
    let layout = Layout.own(type.shape.rank)
    sources[port.value.id] = .tensor(layout)
    tensors[Form(value: port.value, layout: layout, isReal: false)] =
      document.addInput(port.name, type)
  }

  mutating func addOutput(_ port: Graph.Port) throws(ExportError) {
    guard !port.name.isEmpty else { throw .unnamedPort }
    guard !graph.inputs.contains(where: { $0.name == port.name }) else {
      throw .portNameTaken(port.name)
    }
    let type = graph.type(of: port.value)
    current = Current(name: port.name)
    do throws(OperatorError) {
      let tensor = try stored(port.value, .own(type.shape.rank))
      document.addOutput(port.name, tensor, type)
    } catch {
      throw .unsupportedPort(port.name)
    }
  }

  /// Writes a node, and its result as the integers that the graph has.
  mutating func write(_ operation: any ONNXWritable, _ node: Node) throws(OperatorError) {
    let (output, name) = (node.outputs[0], Swift.type(of: operation).name)
    let type = graph.type(of: output)
    current = Current(
      inputs: node.inputs, output: type, name: node.name.isEmpty ? name : node.name)
    switch try operation.write(&self) {
    case .constant(let data): sources[output.id] = .constant(data)
    case .dequantized: sources[output.id] = .dequantized(node.inputs[0])
    case .transposed(let permutation):
      sources[output.id] = .transposed(node.inputs[0], permutation)
    case .tensor(var tensor, let layout):
      if type.quantization != nil { tensor = try quantized(tensor, type, layout) }
      document.name(tensor, graph.name(of: output))
      sources[output.id] = .tensor(layout)
      tensors[Form(value: output, layout: layout, isReal: false)] = tensor
    }
  }

  // MARK: - Forms

  /// The layout in which a value costs nothing; its own for constants.
  func layout(of value: Value) -> Layout {
    switch sources[value.id] {
    case .tensor(let layout): layout
    case .transposed(let source, let permutation): layout(of: source).behind(permutation)
    case .dequantized(let source): layout(of: source)
    case .constant, nil: .own(graph.type(of: value).shape.rank)
    }
  }

  /// The contents of a value that is known; of a dequantised one, the integers with their scale.
  func constant(_ value: Value) -> TensorData? {
    if case .constant(let data) = sources[value.id] { data } else { nil }
  }

  /// A value as the graph has it: integers where it is quantised.
  private mutating func stored(
    _ value: Value, _ layout: Layout
  ) throws(OperatorError) -> WrittenTensor {
    let form = Form(value: value, layout: layout, isReal: false)
    if let known = tensors[form] { return known }
    let type = graph.type(of: value)
    let tensor: WrittenTensor
    switch sources[value.id] {
    case .transposed(let source, let permutation):
      return try stored(source, layout.before(permutation))
    case .dequantized(let source):
      return try real(source, layout)
    case .constant(let data):
      let arranged = try data.transposed(layout.axes)
      tensor =
        data.type.dtype == type.dtype
        ? document.addInitializer(arranged, hint: graph.name(of: value))
        : try real(arranged, hint: graph.name(of: value))
    case .tensor(let first):
      // Of integers too what moves is the reals, in a pair of its own.
      let source = try real(value, first)
      let moved = emit(
        "Transpose", [source], [("perm", .ints(first.permutation(to: layout)))])
      tensor = type.quantization == nil ? moved : try quantized(moved, type, layout)
    case nil: preconditionFailure("the graph was verified")
    }
    tensors[form] = tensor
    return tensor
  }

  /// The real numbers that a value stands for; itself when it is not quantised.
  mutating func real(_ value: Value, _ layout: Layout) throws(OperatorError) -> WrittenTensor {
    let type = graph.type(of: value)
    switch sources[value.id] {
    case .transposed(let source, let permutation):
      return try real(source, layout.before(permutation))
    case .dequantized(let source):
      return try real(source, layout)
    case .tensor, .constant, nil: break
    }
    guard type.quantization != nil || type.dtype == .float16 else {
      return try stored(value, layout)
    }
    let form = Form(value: value, layout: layout, isReal: true)
    if let known = tensors[form] { return known }
    let written = try stored(value, layout)
    let tensor =
      type.dtype == .float16
      ? cast(written, to: .float32) : try dequantized(written, type, layout)
    tensors[form] = tensor
    return tensor
  }

  /// The real numbers that a constant stands for.
  mutating func real(_ data: TensorData, hint: String) throws(OperatorError) -> WrittenTensor {
    let tensor = document.addInitializer(data, hint: hint)
    if data.type.dtype == .float16 {
      return emit("Cast", [tensor], [("to", .int(Int(DType.float32.onnxNumber)))])
    }
    guard data.type.quantization != nil else { return tensor }
    return try dequantized(tensor, data.type, .own(data.type.shape.rank))
  }
}
