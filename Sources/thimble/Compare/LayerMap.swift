// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Importers
import TensorCore

/// A tensor that a program and a model have in common: what a layer of both computes.
struct Layer {
  /// The last step that writes it.
  let step: Int
  /// The tensor in the program.
  let tensor: Int
  let type: TensorType
  /// The name of the step's node in the model, and which of its outputs this is.
  let node: String
  let output: Int
  let operatorName: String
  /// The tensor's name in the model.
  let foreignTensor: String
  /// The model's nodes that the layer computes, in order, its own last; by name and operator.
  var covered: [ForeignNode] = []
  /// How often the model rounds to integers on the way.
  var integerRoundings = 0
  /// Whether the model multiplies floats with 8-bit weights, for which LiteRT rounds the floats to
  /// 8 bits as well.
  var isHybrid = false
}

/// Finds what a program and a model have in common.
///
/// A step has the name of the last model node that it computes, and so has the tensor it writes
/// (`NAME:1` for the second output); ports have the model's own names. Names that the model uses
/// twice lead nowhere.
struct LayerMap {
  private let model: ForeignModel
  /// The model's node of each name that is used once.
  private let nodes: [String: Int]
  /// The node that writes each tensor.
  private let producers: [String: Int]
  /// The names of nodes that do more than lay out data anew, as imported.
  private let computing: Set<String>

  /// The operators that the importer and the compiler put around others, under their names.
  private static let arrangingOperators: Set<String> = ["Transpose", "Reshape", "Pad", "Copy"]

  /// - Parameters:
  ///   - model: the model as its file has it.
  ///   - graph: the same as imported.
  init(_ model: ForeignModel, _ graph: Graph) {
    self.model = model
    computing = Set(
      graph.nodes.lazy
        .filter { !Self.arrangingOperators.contains(type(of: $0.operation).name) }.map(\.name))
    let groups = Dictionary(grouping: model.nodes.indices) { model.nodes[$0].name }
    nodes = groups.compactMapValues { $0.count == 1 ? $0[0] : nil }
    var producers: [String: Int] = [:]
    for (index, node) in model.nodes.enumerated() {
      for case .some(let output) in node.outputs { producers[model.values[output].name] = index }
    }
    self.producers = producers
  }

  /// The layers in the order they run.
  func layers(of program: Program) -> [Layer] {
    var last: [String: Int] = [:]
    var computed: Set<String> = []
    for step in 0..<program.stepCount {
      last[writtenName(program, step)] = step
      let operation = program.operatorName(ofStep: step) ?? ""
      if !Self.arrangingOperators.contains(operation) {
        computed.insert(program.name(program.step(step).name))
      }
    }
    // What is left of a node may only lay out data for the step that computes it under another
    // name.
    let steps = last.values.filter { step in
      let name = program.name(program.step(step).name)
      return computed.contains(name) || !computing.contains(name)
    }
    return steps.sorted().compactMap { layer(program, step: $0) }
  }

  /// The layers with what each covers, when only the tensors that are named can be compared.
  func covering(_ layers: [Layer], compared: Set<String>) -> [Layer] {
    layers.map { layer in
      var layer = layer
      layer.covered = covered(by: layer, compared)
      layer.integerRoundings = layer.covered.count { rounds($0) }
      layer.isHybrid = layer.covered.contains { isHybrid($0) }
      return layer
    }
  }

  private func writtenName(_ program: Program, _ step: Int) -> String {
    program.name(program.tensor(writtenTensor(program, step)).name)
  }

  private func writtenTensor(_ program: Program, _ step: Int) -> Int {
    guard let tensor = program.step(step).operands.last else {
      preconditionFailure("every step writes")
    }
    return Int(tensor)
  }

  private func layer(_ program: Program, step: Int) -> Layer? {
    let tensor = writtenTensor(program, step)
    let record = program.tensor(tensor)
    guard let type = TensorType(record) else { return nil }
    let tensorName = program.name(record.name)
    let stepName = program.name(program.step(step).name)
    let foreign: String
    var output = 0
    if record.storage == ProgramFormat.Storage.output.rawValue {
      foreign = tensorName
    } else {
      let suffix = tensorName.dropFirst(stepName.count)
      if tensorName.hasPrefix(stepName), suffix.first == ":", let number = Int(suffix.dropFirst()) {
        output = number
      } else if tensorName != stepName {
        return nil
      }
      guard let name = foreignTensor(ofNode: stepName, output: output) else { return nil }
      foreign = name
    }
    return Layer(
      step: step, tensor: tensor, type: type, node: stepName, output: output,
      operatorName: program.operatorName(ofStep: step) ?? program.contract(ofStep: step).name,
      foreignTensor: foreign)
  }

  private func foreignTensor(ofNode name: String, output: Int) -> String? {
    guard let node = nodes[name] else { return nil }
    let outputs = model.nodes[node].outputs
    guard outputs.indices.contains(output), let value = outputs[output] else { return nil }
    return model.values[value].name
  }

  /// The nodes between a layer and those before it: what was fused into it.
  private func covered(by layer: Layer, _ compared: Set<String>) -> [ForeignNode] {
    guard let end = producers[layer.foreignTensor] else { return [] }
    var found: Set<Int> = [end]
    var pending = [end]
    while let node = pending.popLast() {
      for case .some(let input) in model.nodes[node].inputs {
        let name = model.values[input].name
        guard !compared.contains(name), let producer = producers[name],
          found.insert(producer).inserted
        else { continue }
        pending.append(producer)
      }
    }
    return found.sorted().map { model.nodes[$0] }
  }

  /// Whether a node's result is rounded to quantised integers.
  private func rounds(_ node: ForeignNode) -> Bool {
    let isQuantized = node.outputs.contains { output in
      output.map { model.values[$0].quantization != nil } ?? false
    }
    return isQuantized || node.operatorName == "QuantizeLinear"
  }

  private func isHybrid(_ node: ForeignNode) -> Bool {
    let values = (node.inputs + node.outputs).compactMap { $0.map { model.values[$0] } }
    let hasByteWeights = values.contains {
      $0.isConstant && $0.quantization != nil && $0.dtype == .supported(.int8)
    }
    return model.format == .tflite && hasByteWeights
      && node.outputs.contains { output in
        output.map { model.values[$0].dtype == .supported(.float32) } ?? false
      }
  }
}

extension TensorType {
  /// The type of a program's tensor; `nil` for extents that are none.
  init?(_ record: TensorRecord) {
    guard let dtype = DType(rawValue: record.dtype),
      let shape = Shape(checking: record.extents.map { Int($0) })
    else { return nil }
    self.init(
      dtype, shape,
      quantization: record.scale == 0
        ? nil : QuantizationParameters(scale: record.scale, zeroPoint: record.zeroPoint))
  }
}
