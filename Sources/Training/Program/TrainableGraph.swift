// SPDX-License-Identifier: Apache-2.0
import Compiler
import Graph
import Operators
import TensorCore

/// A model whose trained parameters are states.
struct TrainableGraph {
  /// What the graph is for: whether statistics are those of the batch.
  enum Purpose {
    case training
    case inference
  }

  let graph: Graph

  /// The state of each trained parameter, in the order of the model's parameters.
  let states: [(parameter: Parameter, state: Value)]

  /// - Parameters:
  ///   - model: what `prepareForTraining` made, for the plan's batch.
  ///   - parameters: those of the model.
  ///   - plan: which of them are trained.
  ///   - purpose: what batch normalisations do.
  /// - Throws: `OperatorError`, only by mistake.
  init(
    _ model: Graph, _ parameters: [Parameter], _ plan: TrainingPlan, for purpose: Purpose
  ) throws(OperatorError) {
    var rewriting = Rewriting(model, parameters, plan, purpose)
    let rewritten = try model.rewritten { (node, inputs, builder) throws(OperatorError) in
      try rewriting.rewrite(node, inputs, &builder)
    }
    graph = rewritten
    let byName = Dictionary(
      uniqueKeysWithValues: rewritten.states.map { (rewritten.name(of: $0), $0) })
    states = parameters.compactMap { parameter in
      byName[parameter.name].map { (parameter, $0) }
    }
  }
}

/// The changes of a model, node by node.
private struct Rewriting {
  let model: Graph
  let plan: TrainingPlan
  let purpose: TrainableGraph.Purpose

  /// Trained parameters by their constant in the model.
  private let trained: [Value: Parameter]

  /// The states that are made so far, by the constants they take the place of.
  private var states: [Value: Value] = [:]

  init(
    _ model: Graph, _ parameters: [Parameter], _ plan: TrainingPlan,
    _ purpose: TrainableGraph.Purpose
  ) {
    self.model = model
    self.plan = plan
    self.purpose = purpose
    trained = Dictionary(
      uniqueKeysWithValues: parameters.filter { plan.choices[$0.name] != nil }
        .map { ($0.value, $0) })
  }

  mutating func rewrite(
    _ node: Node, _ inputs: [Value], _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value]? {
    var inputs = inputs
    var operation = node.operation
    var isTrained = false
    for (position, input) in node.inputs.enumerated() {
      guard let parameter = trained[input] else { continue }
      isTrained = true
      let layout = StateLayout(of: parameter, in: model)
      inputs[position] = try state(of: parameter, layout, &builder)
      guard let packable = operation as? any PackableOperator else { continue }
      if parameter.role == .weights {
        operation = layout.reader(packable)
        if !layout.isPacked {
          inputs[position] = try builder.packed(inputs[position], for: packable)
        }
      } else if parameter.role == .bias {
        inputs[position] = try builder.paddedBias(inputs[position])
      }
    }
    guard isTrained else { return nil }
    if let normalization = operation as? BatchNormalization {
      return try rewrite(normalization, node, inputs, &builder)
    }
    return try builder.add(operation, inputs, name: node.name)
  }

  /// A batch normalisation whose scale and bias are trained: with statistics of the batch, or with
  /// the moving averages that earlier batches left.
  private mutating func rewrite(
    _ normalization: BatchNormalization, _ node: Node, _ inputs: [Value],
    _ builder: inout GraphBuilder
  ) throws(OperatorError) -> [Value] {
    guard case .train(let momentum) = plan.batchNormalization,
      let mean = model.constant(node.inputs[3]), let variance = model.constant(node.inputs[4])
    else { return try builder.add(normalization, inputs, name: node.name) }
    let running = (
      mean: builder.state("\(node.name)/running mean", mean),
      variance: builder.state("\(node.name)/running variance", variance)
    )
    var inputs = inputs
    switch purpose {
    case .inference:
      inputs.replaceSubrange(3...4, with: [running.mean, running.variance])
      return try builder.add(normalization, inputs, name: node.name)
    case .training:
      let batch = try builder.batchStatistics(of: inputs[0])
      inputs.replaceSubrange(3...4, with: [batch.mean, batch.variance])
      // The variance of the samples is biased; what is kept is not.
      let rows = builder.shape(of: inputs[0]).elementCount / builder.shape(of: batch.mean)[0]
      let unbiased = momentum * Float(Double(rows) / Double(max(rows - 1, 1)))
      builder.update(
        running.mean,
        to: try builder.apply(
          Blend(1 - momentum, momentum), [running.mean, batch.mean],
          name: "\(node.name) running mean"))
      builder.update(
        running.variance,
        to: try builder.apply(
          Blend(1 - momentum, unbiased), [running.variance, batch.variance],
          name: "\(node.name) running variance"))
      var operation = normalization
      operation.usesBatchStatistics = true
      return try builder.add(operation, inputs, name: node.name)
    }
  }

  private mutating func state(
    of parameter: Parameter, _ layout: StateLayout, _ builder: inout GraphBuilder
  ) throws(OperatorError) -> Value {
    if let known = states[parameter.value] { return known }
    let numbers = littleEndianArray(parameter.initial.bytes, as: Float.self)
    let state = builder.state(parameter.name, try layout.stored(numbers))
    states[parameter.value] = state
    return state
  }
}
