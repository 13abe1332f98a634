// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

/// Turns a decoded model into a graph, node by node, through the spellings.
struct GraphAssembler {
  /// The largest number of axes; the operators know at most 4 spatial and batch axes, and shapes
  /// of absurd rank would make every node expensive.
  static let rankLimit = 8

  let model: ForeignModel
  private var builder: GraphBuilder

  /// The graph's value of each foreign value, once known.
  private var resolved: [Value?]

  /// Bytes of constants that nodes may still read.
  ///
  /// A file may refer to one constant a million times, and a spelling may read it each time; honest
  /// models share small ones.
  private var remainingConstantBytes: Int

  /// Those that a node reads or the model gives, one for each value.
  private let isRead: [Bool]

  /// The variables that have their reader; a second one would see what the first leaves.
  private var ownedStates = Set<Int>()

  init(_ model: ForeignModel) {
    self.model = model
    resolved = [Value?](repeating: nil, count: model.values.count)
    var isRead = [Bool](repeating: false, count: model.values.count)
    for value in model.outputs + model.nodes.flatMap({ $0.inputs.compactMap(\.self) }) {
      isRead[value] = true
    }
    self.isRead = isRead
    remainingConstantBytes = 64 * model.byteCount + 1 << 24
    // Masks and position tables are computed from next to nothing; a file of any size may have a
    // million elements of such.
    builder = GraphBuilder(foldingAllowance: 16 * model.byteCount + 1 << 20)
  }

  mutating func assemble(_ options: ImportOptions) throws(ImportError) -> Graph {
    let unsupported = model.unsupportedOperators
    guard unsupported.isEmpty else { throw .unsupportedOperators(unsupported) }
    if let obstacle = model.obstacle { throw obstacle }
    guard !model.outputs.isEmpty else { throw .structure(.noOutputs) }

    // With other input shapes than the file's own, the shapes it states further on are stale.
    var shapesAreStated = model.format == .tflite
    for (input, type) in zip(model.inputs, try model.inputTypes(options)) {
      let value = model.values[input]
      shapesAreStated = shapesAreStated && value.type?.shape == type.shape
      try check(type, name: value.name, byteOffset: value.byteOffset)
      resolved[input] = try addInput(value, type)
    }
    for index in try model.sortedNodes() {
      try add(model.nodes[index], shapesAreStated: shapesAreStated)
    }
    for output in model.outputs {
      let name = model.values[output].name
      guard let value = try resolve(output) else { throw .structure(.undefinedOutput(name: name)) }
      builder.output(name, try asStated(value, model.values[output]))
    }
    let graph = builder.finish()
    do throws(GraphError) { try graph.verify() } catch { throw .invalidGraph(error) }
    return graph
  }

  /// An input of the model; a uint8 one is converted where the graph begins.
  private mutating func addInput(
    _ stated: ForeignValue, _ type: TensorType
  ) throws(ImportError) -> Value {
    guard stated.isUnsigned else { return builder.input(stated.name, type) }
    let port = builder.input(stated.name, type.withOtherSign)
    return try convert(port, stated)
  }

  /// An output in the dtype that the file states.
  private mutating func asStated(
    _ value: Value, _ stated: ForeignValue
  ) throws(ImportError) -> Value {
    guard stated.statedDType == .supported(.uint8), builder.type(of: value).dtype == .int8 else {
      return value
    }
    return try convert(value, stated)
  }

  private mutating func convert(
    _ value: Value, _ stated: ForeignValue
  ) throws(ImportError) -> Value {
    do throws(OperatorError) {
      return try builder.apply(SignConversion(), [value], name: stated.name)
    } catch {
      let location = NodeLocation(
        name: stated.name, operatorName: SignConversion.name, byteOffset: stated.byteOffset)
      throw .node(location, .refused(error))
    }
  }

  private mutating func add(_ node: ForeignNode, shapesAreStated: Bool) throws(ImportError) {
    if let obstacle = node.obstacle { throw obstacle }
    guard let spelling = node.spelling else { preconditionFailure("checked above") }
    var imported = ImportedNode(
      name: node.name, attributes: node.attributes, inputs: try inputs(of: node),
      outputs: node.outputs.map { output in
        ImportedNode.Output(
          name: output.map { isRead[$0] ? model.values[$0].name : "" } ?? "",
          shape: output.flatMap { model.values[$0].type?.shape },
          quantization: output.flatMap { model.values[$0].quantization },
          dtype: output.flatMap { model.values[$0].type?.dtype })
      },
      version: node.version, builder: takeBuilder())
    let values: [Value]
    do throws(OperatorError) {
      values = try spelling.build(&imported)
    } catch {
      throw .node(node.location, .refused(error))
    }
    builder = imported.builder
    for (output, value) in zip(node.outputs, values) {
      guard let output else { continue }
      let type = builder.type(of: value)
      let name = model.values[output].name
      try check(type, name: name, byteOffset: node.byteOffset)
      // What nothing reads may be stood for by another output.
      guard isRead[output] else { continue }
      try check(type, against: model.values[output], of: node, shapesAreStated: shapesAreStated)
      resolved[output] = value
    }
  }

  /// The graph under construction, moved out so that growing it does not copy it.
  private mutating func takeBuilder() -> GraphBuilder {
    let taken = builder
    builder = GraphBuilder()
    return taken
  }

  private mutating func inputs(of node: ForeignNode) throws(ImportError) -> [Value?] {
    var inputs: [Value?] = []
    for input in node.inputs {
      guard let input else {
        inputs.append(nil)
        continue
      }
      if node.keepsState, let state = try initialState(input) {
        inputs.append(state)
        continue
      }
      guard let value = try resolve(input) else {
        // Sorting has put every producer first, so only an output that its node leaves out is
        // missing here.
        throw .unsupportedFeature(
          .secondaryOutput, name: model.values[input].name, byteOffset: node.byteOffset)
      }
      if let data = builder.constant(value) {
        remainingConstantBytes -= data.bytes.count
        guard remainingConstantBytes >= 0 else {
          throw .malformed(.workLimit, byteOffset: node.byteOffset)
        }
      }
      inputs.append(value)
    }
    return inputs
  }

  /// The graph's value of a foreign value; constants are added when first needed.
  private mutating func resolve(_ index: Int) throws(ImportError) -> Value? {
    if let value = resolved[index] { return value }
    let foreign = model.values[index]
    switch foreign.origin {
    case .computed: return nil
    case .unreadable(let error), .state(let error): throw error
    case .constant(let data):
      try check(data.type, name: foreign.name, byteOffset: foreign.byteOffset)
      let value = builder.constant(data, name: foreign.name)
      resolved[index] = value
      return value
    }
  }

  /// The zeros that a variable holds when a run starts; `nil` when the value is no variable.
  private mutating func initialState(_ index: Int) throws(ImportError) -> Value? {
    let foreign = model.values[index]
    guard case .state(let error) = foreign.origin else { return nil }
    guard let type = foreign.type, ownedStates.insert(index).inserted else { throw error }
    try check(type, name: foreign.name, byteOffset: foreign.byteOffset)
    remainingConstantBytes -= type.byteCount
    guard remainingConstantBytes >= 0,
      let zeros = ReferenceTensor(type.shape, repeating: 0).stored(as: type)
    else { throw error }
    return builder.constant(zeros, name: foreign.name)
  }

  private func check(
    _ type: TensorType, name: String, byteOffset: Int
  ) throws(ImportError) {
    guard type.shape.rank <= Self.rankLimit else {
      throw .unsupportedFeature(
        .rank(type.shape.rank, limit: Self.rankLimit), name: name, byteOffset: byteOffset)
    }
  }

  /// Compares what the operator computes with what the file says it computes.
  ///
  /// ONNX names few types and its run times trust inference over stated shapes, so only the dtype
  /// counts there; TFLite states everything.
  private func check(
    _ inferred: TensorType, against stated: ForeignValue, of node: ForeignNode,
    shapesAreStated: Bool
  ) throws(ImportError) {
    guard case .supported(let dtype) = stated.dtype else { return }
    // A quantised uint8 tensor of an ONNX file is int8 here, as its operator made it.
    let isStoredSigned =
      dtype == .uint8 && inferred.dtype == .int8 && inferred.quantization != nil
    guard dtype == inferred.dtype || isStoredSigned else {
      throw .node(
        node.location,
        .outputDType(name: stated.name, stated: dtype, inferred: inferred.dtype))
    }
    // TFLite leaves the shape of an intermediate tensor empty when its converter did not know it.
    if shapesAreStated, let type = stated.type, type.shape.rank > 0, type.shape != inferred.shape {
      throw .node(
        node.location,
        .outputShape(name: stated.name, stated: type.shape, inferred: inferred.shape))
    }
    if model.format == .tflite, dtype == .int8 || dtype == .int16,
      stated.quantization != inferred.quantization
    {
      throw .node(node.location, .outputQuantization(name: stated.name))
    }
  }
}
