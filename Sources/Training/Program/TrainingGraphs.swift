// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// The entry points of a training program.
package enum TrainingEntryPoint: String, Sendable {
  /// One step: forward, backward, update.
  case train
  /// The same step, with the norms of parameters and gradients.
  case observe
  /// A part of a step: forward, backward, the gradients added to those so far.
  case accumulate
  /// The rest of it: the update by what was added up.
  case apply
  /// Forward as after training, and the loss.
  case evaluate
}

/// The ports of the entry points beside the model's own inputs.
package enum TrainingPort {
  /// What the prediction is compared with; of the loss's shape for it.
  package static let target = "training/target"
  /// The learning rate, `[1]`.
  package static let rate = "training/rate"
  /// The loss of each sample.
  package static let loss = "training/loss"
  /// Squared norms of all parameters, then of their gradients, in the order of their updates.
  package static let norms = "training/norms"
}

/// Builds the graphs of a plan.
struct TrainingGraphs {
  let model: Graph
  let parameters: [Parameter]
  let plan: TrainingPlan

  /// The model's output that the loss looks at.
  let prediction: Int

  /// All entry points of a program, and what its norms are of.
  struct All {
    let entryPoints: [EntryPointGraph]
    let observed: [String]
  }

  /// The graphs of all entry points, in the order that their steps run.
  func all() throws -> All {
    var observations = Observations()
    var graphs: [(TrainingEntryPoint, Graph)] = []
    if plan.microBatches == 1 {
      graphs.append((.train, try training(observes: false, &observations)))
      graphs.append((.observe, try training(observes: true, &observations)))
    } else {
      graphs.append((.accumulate, try accumulation()))
      graphs.append((.apply, try application(&observations)))
    }
    graphs.append((.evaluate, try evaluation()))
    return All(
      entryPoints: graphs.map { EntryPointGraph($0.rawValue, $1) }, observed: observations.names)
  }

  /// Forward as after training, and the loss of each sample.
  private func evaluation() throws -> Graph {
    let trainable = try TrainableGraph(model, parameters, plan, for: .inference)
    var builder = GraphBuilder(trainable.graph)
    let loss = try addLoss(trainable, &builder)
    return try optimize(outputs(loss, trainable, builder))
  }

  /// Forward, backward, update; with norms where these are observed.
  private func training(observes: Bool, _ observations: inout Observations) throws -> Graph {
    let trainable = try TrainableGraph(model, parameters, plan, for: .training)
    var builder = GraphBuilder(trainable.graph)
    let loss = try addLoss(trainable, &builder)
    var updates = try UpdateWriter(plan, &builder)
    try differentiate(
      &builder, seeds: [(loss, weights(of: loss, &builder))], wanted: trainable.states.map(\.state)
    ) { state, gradient, builder throws(OperatorError) in
      let name = builder.name(of: state)
      if observes { try observations.add(name, state, gradient: gradient, &builder) }
      try updates.add(name, state, gradient, &builder)
    }
    try updates.finish(&builder)
    let ports = observes ? [try observations.port(&builder)] : []
    return try optimize(outputs(loss, trainable, builder, and: ports))
  }

  /// Forward, backward, and the gradients added to what earlier runs of the step left.
  private func accumulation() throws -> Graph {
    let trainable = try TrainableGraph(model, parameters, plan, for: .training)
    var builder = GraphBuilder(trainable.graph)
    let loss = try addLoss(trainable, &builder)
    try differentiate(
      &builder, seeds: [(loss, weights(of: loss, &builder))], wanted: trainable.states.map(\.state)
    ) { state, gradient, builder throws(OperatorError) in
      let sum = accumulator(of: state, &builder)
      builder.update(sum, to: try builder.sum(sum, gradient))
    }
    return try optimize(outputs(loss, trainable, builder))
  }

  /// The update by the gradients that were added up, which become 0 again.
  private func application(_ observations: inout Observations) throws -> Graph {
    let trainable = try TrainableGraph(model, parameters, plan, for: .training)
    var builder = GraphBuilder()
    var updates = try UpdateWriter(plan, &builder)
    for (parameter, state) in trainable.states.reversed() {
      guard let initial = trainable.graph.initialState(state) else { continue }
      let state = builder.state(parameter.name, initial)
      let sum = accumulator(of: state, &builder)
      try observations.add(parameter.name, state, gradient: sum, &builder)
      try updates.add(parameter.name, state, sum, &builder)
      builder.update(
        sum,
        to: builder.constant(
          TensorData(initial.type, bytes: [UInt8](repeating: 0, count: initial.bytes.count))))
    }
    try updates.finish(&builder)
    let norms = try observations.port(&builder)
    builder.output(norms.name, norms.value)
    return try optimize(builder.finish())
  }

  // MARK: - Parts

  private func accumulator(of state: Value, _ builder: inout GraphBuilder) -> Value {
    let type = builder.type(of: state)
    return builder.state(
      "\(builder.name(of: state))/gradient",
      TensorData(type, bytes: [UInt8](repeating: 0, count: type.byteCount)))
  }

  private func addLoss(
    _ trainable: TrainableGraph, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    let prediction =
      plan.takesLogits
      ? trainable.graph.logits(ofOutput: prediction)
      : trainable.graph.outputs[prediction].value
    let target = builder.input(TrainingPort.target, builder.type(of: prediction))
    return try builder.add(plan.loss, [prediction, target], name: "loss")[0]
  }

  private func weights(of value: Value, _ builder: inout GraphBuilder) -> Value {
    let shape = builder.shape(of: value)
    return builder.constant(
      TensorData(
        shape, float32: [Float](repeating: plan.sampleWeight, count: shape.elementCount)))
  }

  /// The graph of a builder with the loss and the prediction for outputs.
  private func outputs(
    _ loss: Value, _ trainable: TrainableGraph, _ builder: GraphBuilder,
    and more: [Graph.Port] = []
  ) -> Graph {
    let graph = builder.finish()
    let port = trainable.graph.outputs[prediction]
    return Graph(
      values: graph.values, nodes: graph.nodes, inputs: graph.inputs,
      outputs: [Graph.Port(name: TrainingPort.loss, value: loss), port] + more,
      updates: graph.updates)
  }
}
