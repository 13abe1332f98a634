// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore

/// A model compiled for training: one program whose entry points share arena and state.
package struct TrainingProgram: Sendable {
  /// What `prepareForTraining` made of the model, for the plan's batch.
  package let model: Graph
  package let plan: TrainingPlan

  /// The trained parameters, in the order of their nodes.
  package let trained: [Parameter]
  package let compiled: CompiledProgram
  package let program: Program

  /// The model's output that the loss looks at.
  package let prediction: Int

  /// The parameters whose norms an observed step gives, in that order.
  let observed: [String]

  /// The state's tensor in the program, by its name.
  private let stateTensors: [String: Int]

  /// Compiles a model for training.
  ///
  /// A pure function: the same model, plan and options give the same bytes.
  /// - Throws: `TrainingProgramError`, `DifferentiationError`, `CompileError`.
  package init(
    _ model: Graph, plan: TrainingPlan, prediction: Int = 0,
    options: CompileOptions = CompileOptions()
  ) throws {
    let prepared = try prepareForTraining(model)
    guard let batched = prepared.batched(plan.batch) else {
      throw TrainingProgramError.fixedBatch(asked: plan.batch)
    }
    let parameters = batched.parameters
    let names = Set(parameters.map(\.name))
    for name in plan.choices.keys.sorted() where !names.contains(name) {
      throw TrainingProgramError.noSuchParameter(name: name)
    }
    trained = parameters.filter { plan.choices[$0.name] != nil }
    guard !trained.isEmpty else { throw TrainingProgramError.everythingIsFrozen }
    let graphs = TrainingGraphs(
      model: batched, parameters: parameters, plan: plan, prediction: prediction)
    var options = options
    options.sourceName = options.sourceName.isEmpty ? "training" : options.sourceName
    let all = try graphs.all()
    observed = all.observed
    compiled = try lower(all.entryPoints, options: options)
    program = try Program(copying: compiled.bytes)
    self.model = batched
    self.plan = plan
    self.prediction = prediction
    stateTensors = program.stateTensors
  }

  /// The names of all states, in order.
  package var stateNames: [String] { stateTensors.keys.sorted() }

  /// The tensor of a state.
  package func stateTensor(_ name: String) -> Int? { stateTensors[name] }

  /// What the program does, without the numbers that its state starts with.
  var structure: [UInt8] {
    var bytes: [UInt8] = []
    for entryPoint in program.entryPoints { bytes += entryPoint.name.utf8 }
    for step in 0..<program.stepCount {
      bytes += littleEndianBytes(of: UInt32(program.contract(ofStep: step).rawValue))
      bytes += program.parameters(ofStep: step)
    }
    for name in stateNames { bytes += Array(name.utf8) + [0] }
    return bytes
  }

  /// The natural numbers of a trained parameter in a state.
  ///
  /// - Throws: `OperatorError`, only by mistake.
  package func numbers(of parameter: Parameter, in session: Session) throws -> [Float] {
    try StateLayout(of: parameter, in: model).natural(state(parameter.name, in: session))
  }

  /// What a state of this name holds.
  package func state(_ name: String, in session: Session) -> [Float] {
    guard let tensor = stateTensors[name], let bytes = session.bytes(ofTensor: tensor) else {
      return []
    }
    return littleEndianArray(bytes, as: Float.self)
  }

  /// The model with what a session has learnt in place of its constants: of the batch it was
  /// compiled for, in natural layout.
  ///
  /// - Throws: `OperatorError`, only by mistake.
  package func trainedModel(_ session: Session) throws -> Graph {
    var numbers: [Value: [Float]] = [:]
    for parameter in trained {
      numbers[parameter.value] = try self.numbers(of: parameter, in: session)
    }
    for node in model.nodes where node.operation is BatchNormalization {
      for (input, name) in [(3, "running mean"), (4, "running variance")] {
        let state = state("\(node.name)/\(name)", in: session)
        if !state.isEmpty { numbers[node.inputs[input]] = state }
      }
    }
    return model.replacing(numbers)
  }
}

/// Why a model cannot be compiled for training.
package enum TrainingProgramError: Error, Equatable, Sendable {
  /// The model has a batch written into it.
  case fixedBatch(asked: Int)
  case noSuchParameter(name: String)
  case everythingIsFrozen
}

extension TrainingProgramError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fixedBatch(let asked):
      "the model cannot be had for batches of \(asked): a shape in it holds its own batch; "
        + "export it with a free batch, or train with its batch"
    case .noSuchParameter(let name):
      "the model has no parameter \"\(name)\""
    case .everythingIsFrozen:
      "no parameter is left to train; say which with --trainable"
    }
  }
}

extension Program {
  /// The tensors in state by their name.
  fileprivate var stateTensors: [String: Int] {
    var tensors: [String: Int] = [:]
    for index in 0..<tensorCount {
      let record = tensor(index)
      guard record.storage == ProgramFormat.Storage.state.rawValue else { continue }
      tensors[name(record.name)] = index
    }
    return tensors
  }
}
