// SPDX-License-Identifier: Apache-2.0
import CKernels
import Engine
import Graph
import TensorCore

extension LoweredGraph {
  /// Asks every operator for its steps and says where every value is.
  ///
  /// - Throws: `CompileError.unsupported`, `.invalidStep`.
  init(_ graph: Graph, _ states: ProgramStates, options: CompileOptions) throws(CompileError) {
    var lowering = try GraphLowering(graph, states, options: options)
    lowering.addInputs()
    for index in graph.nodes.indices { try lowering.addSteps(ofNode: index) }
    for number in graph.outputs.indices { try lowering.addOutput(number) }
    for number in graph.updates.indices { try lowering.addUpdate(number) }
    self = lowering.result
  }
}

/// Makes a `LoweredGraph`, part by part.
private struct GraphLowering {
  let graph: Graph
  let states: ProgramStates

  /// What each node's operator answered.
  let lowerings: [Lowering]
  let places: ValuePlaces
  var result = LoweredGraph()

  /// The tensor of each root, once it has one.
  private var tensors: [Int?]

  init(
    _ graph: Graph, _ states: ProgramStates, options: CompileOptions
  ) throws(CompileError) {
    var lowerings: [Lowering] = []
    for node in graph.nodes {
      let context = NodeContext(
        inputs: node.inputs.map { graph.type(of: $0) },
        outputs: node.outputs.map { graph.type(of: $0) },
        constants: node.inputs.map { graph.constant($0) }, floatClass: options.floatClass)
      do throws(OperatorError) {
        lowerings.append(try node.operation.lower(context))
      } catch {
        throw .unsupported(node: node.name, operation: Swift.type(of: node.operation).name, error)
      }
    }
    guard graph.values.allSatisfy({ $0.type.byteCount <= Int(Int32.max) }) else {
      // The reach of the file format's counts.
      throw .tooLarge
    }
    self.graph = graph
    self.states = states
    self.lowerings = lowerings
    places = ValuePlaces(graph, lowerings)
    tensors = [Int?](repeating: nil, count: graph.values.count)
  }

  mutating func addInputs() {
    for (number, port) in graph.inputs.enumerated() {
      let tensor = addTensor(port.name, graph.type(of: port.value), .input(number))
      tensors[port.value.id] = tensor
      result.inputs.append(tensor)
    }
  }

  mutating func addSteps(ofNode index: Int) throws(CompileError) {
    let node = graph.nodes[index]
    guard case .steps(let requests, let inPlaceRequest) = lowerings[index],
      !places.isSliced(node)
    else { return }
    for request in requests {
      let call = try call(request, of: node)
      var overwrites = overwrites(of: request, call, node)
      var inPlaceCall: LoweredGraph.Call?
      if let inPlaceRequest, let input = tensor(of: node.inputs[0]) {
        inPlaceCall = try self.call(inPlaceRequest, of: node)
        overwrites.append(
          PlanningProblem.Overwrite(
            input: input, output: try output(of: call, node), changesKernel: true))
      }
      result.steps.append(
        LoweredGraph.Step(
          name: node.name, operation: Swift.type(of: node.operation).name, call: call,
          inPlaceCall: inPlaceCall, overwrites: overwrites))
    }
  }

  /// Gives an output of the model its tensor, and a copy step when no step writes it directly.
  mutating func addOutput(_ number: Int) throws(CompileError) {
    let port = graph.outputs[number]
    let root = places.roots[port.value.id]
    if places.outputs[root.id] == number {
      guard let tensor = tensor(of: port.value) else { preconditionFailure("outputs are written") }
      result.outputs.append(tensor)
      return
    }
    let output = addTensor(port.name, graph.type(of: port.value), .output(number))
    result.outputs.append(output)
    try addCopy(of: port.value, to: output, name: port.name)
  }

  /// Copies the new value of a state to it, unless a step writes it there.
  mutating func addUpdate(_ number: Int) throws(CompileError) {
    guard !places.isUpdatedDirectly[number] else { return }
    let update = graph.updates[number]
    guard let state = tensor(of: update.state) else { preconditionFailure("states are tensors") }
    let source = places.roots[update.value.id]
    guard !graph.updates.contains(where: { $0.state == source }) else {
      // An old value that another update may have replaced by now.
      throw .invalidGraph(pass: nil, .invalidUpdate(state: graph.name(of: update.state)))
    }
    try addCopy(of: update.value, to: state, name: graph.name(of: update.state))
  }

  private mutating func addCopy(
    of value: Value, to tensor: Int, name: String
  ) throws(CompileError) {
    let byteCount = UInt32(graph.type(of: value).byteCount)
    let parameters = uk_copy_parameters(
      rows: 1, run_bytes: byteCount, in_pitch_bytes: byteCount, out_pitch_bytes: byteCount,
      out_offset_bytes: 0, in_offset_bytes: 0, reserved: (0, 0))
    let request = KernelRequest(
      .UK_CONTRACT_xx_copy, parameters: parameters, operands: [.input(0), .output(0)])
    let call = try call(request, operands: [operand(value), .tensor(tensor)], name: name)
    result.steps.append(
      LoweredGraph.Step(
        name: name, operation: "Copy", call: call, inPlaceCall: nil, overwrites: []))
  }

  // MARK: - Calls

  private mutating func call(
    _ request: KernelRequest, of node: Node
  ) throws(CompileError) -> LoweredGraph.Call {
    var operands: [LoweredGraph.Operand] = []
    for operand in request.operands {
      switch operand {
      case .input(let index): operands.append(self.operand(node.inputs[index]))
      case .output(let index): operands.append(self.operand(node.outputs[index]))
      case .constant(let bytes, let dtype): operands.append(.constant(bytes, dtype))
      }
    }
    return try call(request, operands: operands, name: node.name)
  }

  /// Checks a request against its contract: the parameters are valid and the operands large enough.
  private func call(
    _ request: KernelRequest, operands: [LoweredGraph.Operand], name: String
  ) throws(CompileError) -> LoweredGraph.Call {
    let isLastWritten = operands.last?.tensor != nil
    guard let requirements = stepRequirements(of: request.contract, parameters: request.parameters),
      requirements.operandBytes.count == operands.count, isLastWritten
    else { throw .invalidStep(node: name, contract: request.contract.name) }
    for (operand, neededBytes) in zip(operands, requirements.operandBytes) {
      let byteCount =
        switch operand {
        case .tensor(let tensor): result.byteCount(of: tensor)
        case .constant(let bytes, _): bytes.count
        }
      guard byteCount >= neededBytes else {
        throw .invalidStep(node: name, contract: request.contract.name)
      }
    }
    return LoweredGraph.Call(
      contract: request.contract, parameters: request.parameters, operands: operands,
      requirements: requirements, macCount: request.macCount)
  }

  private func output(of call: LoweredGraph.Call, _ node: Node) throws(CompileError) -> Int {
    guard let tensor = call.operands.last?.tensor else {
      throw .invalidStep(node: node.name, contract: call.contract.name)
    }
    return tensor
  }

  /// The inputs that the step's output may overwrite.
  ///
  /// A tensor that the step reads at several operands must be overwritable at each.
  private mutating func overwrites(
    of request: KernelRequest, _ call: LoweredGraph.Call, _ node: Node
  ) -> [PlanningProblem.Overwrite] {
    guard let output = call.operands.last?.tensor else { return [] }
    var overwrites: [PlanningProblem.Overwrite] = []
    for index in request.overwritableInputs {
      guard let input = tensor(of: node.inputs[index]), input != output,
        result.byteCount(of: output) <= result.byteCount(of: input)
      else { continue }
      let readers = node.inputs.indices.filter { tensor(of: node.inputs[$0]) == input }
      guard readers.allSatisfy({ request.overwritableInputs.contains($0) }) else { continue }
      overwrites.append(PlanningProblem.Overwrite(input: input, output: output))
    }
    return overwrites
  }

  // MARK: - Tensors

  private mutating func operand(_ value: Value) -> LoweredGraph.Operand {
    if let tensor = tensor(of: value) { return .tensor(tensor) }
    let root = places.roots[value.id]
    guard let data = graph.constant(root) else { preconditionFailure("a root is a constant") }
    return .constant(data.bytes, data.type.dtype)
  }

  /// The tensor that holds a value; `nil` for a constant.
  private mutating func tensor(of value: Value) -> Int? {
    let root = places.roots[value.id]
    guard graph.constant(root) == nil else { return nil }
    if let tensor = tensors[root.id] { return tensor }
    let tensor: Int
    if let state = places.states[root.id] {
      tensor =
        tensors[state.id]
        ?? addTensor(
          graph.name(of: state), graph.type(of: state),
          .state(states.index(of: graph.name(of: state))))
      tensors[state.id] = tensor
    } else if let number = places.outputs[root.id] {
      let port = graph.outputs[number]
      tensor = addTensor(port.name, graph.type(of: port.value), .output(number))
    } else if let slice = places.slices[root.id], let parent = self.tensor(of: slice.parent) {
      tensor = addTensor(
        graph.name(of: root), graph.type(of: root),
        .slice(of: parent, byteOffset: slice.byteOffset))
    } else {
      tensor = addTensor(graph.name(of: root), graph.type(of: root), .arena)
    }
    tensors[root.id] = tensor
    return tensor
  }

  private mutating func addTensor(
    _ name: String, _ type: TensorType, _ place: LoweredGraph.Place
  ) -> Int {
    result.tensors.append(LoweredGraph.Tensor(name: name, type: type, place: place))
    return result.tensors.count - 1
  }
}
