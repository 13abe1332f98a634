// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A tensor of the file being written.
package struct WrittenTensor: Hashable, Sendable {
  let id: Int
}

/// An ONNX model on its way to a file: nodes over tensors that get their names last.
struct ONNXDocument {
  /// An attribute; they stand in the file in the order in which they are given.
  typealias Attribute = (name: String, value: AttributeValue)

  struct Node {
    let type: String
    /// `nil` where an optional input is left out.
    let inputs: [WrittenTensor?]
    let outputs: [WrittenTensor]
    let attributes: [Attribute]
    /// Whether outputs that nothing reads may be left out.
    let hasOptionalOutputs: Bool
  }

  struct Port {
    let tensor: WrittenTensor
    let type: TensorType
  }

  struct Initializer {
    let tensor: WrittenTensor
    let data: TensorData
    /// Whether elements, which are −8 to 7, stand in 4 bits.
    let isInt4: Bool
  }

  private struct Naming {
    /// What a tensor is called if it has no other name, and until that is taken.
    let hint: String
    var name: String?
    /// Whether the name is a port's, which must not change.
    var isFixed = false
  }

  /// The least operator set: the first with scales for each channel.
  private(set) var operatorSet = 13
  private(set) var nodes: [Node] = []
  private(set) var initializers: [Initializer] = []
  private(set) var inputs: [Port] = []
  private(set) var outputs: [Port] = []
  private var naming: [Naming] = []
  private var known: [TensorData: WrittenTensor] = [:]

  /// Adds a node; `since` is the first operator set that has it in this form.
  mutating func addNode(
    _ type: String, _ inputs: [WrittenTensor?], outputCount: Int = 1,
    hasOptionalOutputs: Bool = false, attributes: [Attribute] = [], since: Int = 13, hint: String
  ) -> [WrittenTensor] {
    operatorSet = max(operatorSet, since)
    let outputs = (0..<outputCount).map { newTensor($0 == 0 ? hint : "\(hint):\($0)") }
    nodes.append(
      Node(
        type: type, inputs: inputs, outputs: outputs, attributes: attributes,
        hasOptionalOutputs: hasOptionalOutputs))
    return outputs
  }

  /// Says that something in the file needs an operator set.
  mutating func require(_ least: Int) { operatorSet = max(operatorSet, least) }

  /// Adds a constant; small ones that are alike are one.
  ///
  /// Integers with scales for blocks stand in 4 bits where they fit.
  mutating func addInitializer(_ data: TensorData, hint: String) -> WrittenTensor {
    let isInt4 = data.isInt4
    if isInt4 { require(21) }
    let isSmall = data.bytes.count <= 64 && !isInt4
    let plain = data.reinterpreted(as: TensorType(data.type.dtype, data.type.shape))
    if isSmall, let tensor = known[plain] { return tensor }
    let tensor = newTensor(hint)
    initializers.append(Initializer(tensor: tensor, data: plain, isInt4: isInt4))
    if isSmall { known[plain] = tensor }
    return tensor
  }

  mutating func addInput(_ name: String, _ type: TensorType) -> WrittenTensor {
    let tensor = newTensor(name)
    fix(name, to: tensor)
    inputs.append(Port(tensor: tensor, type: type))
    return tensor
  }

  /// Makes a tensor an output, under a name of its own.
  mutating func addOutput(_ name: String, _ tensor: WrittenTensor, _ type: TensorType) {
    let isNode = nodes.contains { $0.outputs.contains(tensor) }
    let isFree = isNode && !naming[tensor.id].isFixed
    let output = isFree ? tensor : addNode("Identity", [tensor], hint: name)[0]
    fix(name, to: output)
    outputs.append(Port(tensor: output, type: type))
  }

  private mutating func fix(_ name: String, to tensor: WrittenTensor) {
    naming[tensor.id].name = name
    naming[tensor.id].isFixed = true
  }

  /// Gives a tensor the name of the value that it is, unless it has one.
  mutating func name(_ tensor: WrittenTensor, _ name: String) {
    if naming[tensor.id].name == nil, !name.isEmpty { naming[tensor.id].name = name }
  }

  private mutating func newTensor(_ hint: String) -> WrittenTensor {
    naming.append(Naming(hint: hint.isEmpty ? "tensor" : hint))
    return WrittenTensor(id: naming.count - 1)
  }

  /// A name for every tensor, by id: those of ports as they are, others made unique.
  var names: [String] {
    var taken = Set(naming.filter(\.isFixed).compactMap(\.name))
    var repetitions: [String: Int] = [:]
    return naming.map { entry in
      let wanted = entry.name ?? entry.hint
      if entry.isFixed || taken.insert(wanted).inserted { return wanted }
      var number = repetitions[wanted] ?? 1
      var name = wanted
      repeat {
        number += 1
        name = "\(wanted)_\(number)"
      } while !taken.insert(name).inserted
      repetitions[wanted] = number
      return name
    }
  }
}

extension TensorData {
  /// Whether these are integers of 4 bits, which have scales for blocks.
  fileprivate var isInt4: Bool {
    guard type.dtype == .int8, case .blocks? = type.quantization?.granularity else { return false }
    return int8Values.allSatisfy { (-8...7).contains($0) }
  }
}
