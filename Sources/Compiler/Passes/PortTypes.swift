// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension Graph {
  /// The graph with the ports that hold real numbers in another dtype: float32, int8 or uint8.
  ///
  /// A quantised port keeps its scale; what it stands for stays the same to the bit, for a float32
  /// port is quantised or dequantised by the model's first or last step. Ports of other numbers,
  /// such as indices, stay as they are.
  ///
  /// - Precondition: optimised; the dtype is one of the three.
  /// - Throws: `CompileError.portNotQuantized` for a float32 port that the model does not quantise.
  package func withPorts(_ dtype: DType) throws(CompileError) -> Graph {
    do throws(PortError) {
      return try PortConversion(self, dtype).graph()
    } catch {
      switch error {
      case .notQuantized(let port): throw .portNotQuantized(port: port, dtype)
      case .rewriting(let error): throw .passFailed(pass: "port types", error)
      }
    }
  }
}

private enum PortError: Error {
  case notQuantized(port: String)
  case rewriting(OperatorError)
}

private struct PortConversion {
  private let old: Graph
  private let dtype: DType
  private let consumers: [[Int]]
  private var builder = GraphBuilder()
  /// What stands for each value of the old graph.
  private var new: [Value: Value] = [:]

  init(_ graph: Graph, _ dtype: DType) {
    old = graph
    self.dtype = dtype
    consumers = graph.consumers
  }

  func graph() throws(PortError) -> Graph {
    var conversion = self
    for port in old.inputs { try conversion.add(input: port) }
    for node in old.nodes where conversion.new[node.outputs[0]] == nil {
      try conversion.add(node)
    }
    for port in old.outputs { try conversion.add(output: port) }
    return conversion.builder.finish()
  }

  private mutating func add(input port: Graph.Port) throws(PortError) {
    let type = old.type(of: port.value)
    guard isConverted(type) else {
      new[port.value] = builder.input(port.name, type)
      return
    }
    // What is read of the port: its int8 form, by the steps that make it, or the port itself.
    let readers = consumers[port.value.id].map { old.nodes[$0] }
    let stored = type.dtype == .int8 ? [port.value] : readers.map { $0.outputs[0] }
    guard let core = stored.first.map({ old.type(of: $0) }), core.dtype == .int8,
      stored.allSatisfy({ old.type(of: $0) == core }),
      type.dtype == .int8 || readers.allSatisfy({ $0.operation.isPortConversion }),
      !old.outputs.contains(where: { $0.value == port.value })
    else { throw .notQuantized(port: port.name) }
    let value: Value
    switch dtype {
    case .int8: value = builder.input(port.name, core)
    case .uint8:
      value = try apply(
        SignConversion(), to: builder.input(port.name, core.withOtherSign), port.name)
    default:
      let real = builder.input(port.name, TensorType(.float32, core.shape))
      value = try apply(Quantize(), to: real, port.name, core.quantization)
    }
    for old in stored { new[old] = value }
  }

  private mutating func add(_ node: Node) throws(PortError) {
    var inputs: [Value] = []
    for input in node.inputs { inputs.append(resolve(input)) }
    do throws(OperatorError) {
      let outputs = try builder.copy(node, inputs: inputs, from: old)
      for (old, new) in zip(node.outputs, outputs) { self.new[old] = new }
    } catch {
      throw .rewriting(error)
    }
  }

  private mutating func add(output port: Graph.Port) throws(PortError) {
    let type = old.type(of: port.value)
    guard isConverted(type) else { return builder.output(port.name, resolve(port.value)) }
    var core = port.value
    if type.dtype != .int8 {
      guard let producer = old.producer(of: port.value),
        old.nodes[producer].operation.isPortConversion,
        old.type(of: old.nodes[producer].inputs[0]).dtype == .int8
      else { throw .notQuantized(port: port.name) }
      core = old.nodes[producer].inputs[0]
    }
    let stored = resolve(core)
    let value =
      switch dtype {
      case .int8: stored
      case .uint8: try apply(SignConversion(), to: stored, port.name)
      default: try apply(Dequantize(), to: stored, port.name)
      }
    builder.output(port.name, value)
  }

  /// Whether a port holds real numbers in another dtype.
  private func isConverted(_ type: TensorType) -> Bool {
    guard type.dtype != dtype else { return false }
    switch type.dtype {
    case .float32: return true
    case .int8, .uint8: return type.quantization?.perTensor != nil
    default: return false
    }
  }

  private mutating func resolve(_ value: Value) -> Value {
    if let known = new[value] { return known }
    guard let data = old.constant(value) else { preconditionFailure("read before written") }
    let copy = builder.constant(data, name: old.name(of: value))
    new[value] = copy
    return copy
  }

  private mutating func apply(
    _ operation: some Operator, to value: Value, _ name: String,
    _ quantization: QuantizationParameters? = nil
  ) throws(PortError) -> Value {
    do throws(OperatorError) {
      return try builder.apply(operation, [value], quantization: quantization, name: name)
    } catch {
      throw .rewriting(error)
    }
  }
}

extension Operator {
  /// Whether it stands between a port of another dtype and the integers inside.
  fileprivate var isPortConversion: Bool {
    self is Quantize || self is Dequantize || self is SignConversion
  }
}
