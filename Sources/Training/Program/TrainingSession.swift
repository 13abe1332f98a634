// SPDX-License-Identifier: Apache-2.0
import Engine
import TensorCore

/// A training program in memory: its entry points on one arena and one state.
///
/// All memory is taken when it is made; a step takes none but for what it returns.
package final class TrainingSession {
  package let program: TrainingProgram

  /// The first entry point, whose arena and state the others use.
  package let first: Session
  private let apply: Session?
  private let observed: Session?
  private let evaluate: Session
  private let batchInputs: Int

  /// The loss of each sample of the last run.
  package private(set) var losses: [Float]

  /// Squared norms of the last observed step: of the program's observed parameters before their
  /// update, then of their gradients.
  package private(set) var norms: [Float]

  /// Whether there was an observed step.
  package private(set) var hasNorms = false

  /// The prediction of the last run, sample by sample.
  package private(set) var prediction: [Float]

  /// Takes the memory.
  ///
  /// - Throws: `SessionError`.
  package init(
    _ program: TrainingProgram, pool: ThreadPool? = nil, limit: InstructionSet? = nil
  ) throws(SessionError) {
    var options = Session.Options()
    options.pool = pool
    options.instructionSetLimit = limit
    self.program = program
    first = try Session(program.program, options: options)
    apply = try program.session(.apply, sharing: first, options)
    observed = try program.session(.observe, sharing: first, options)
    guard let evaluate = try program.session(.evaluate, sharing: first, options) else {
      preconditionFailure("a training program can evaluate")
    }
    self.evaluate = evaluate
    let model = program.model
    batchInputs = model.inputs.count
    norms = [Float](repeating: 0, count: 2 * program.observed.count)
    losses = [Float](repeating: 0, count: program.plan.batch)
    prediction = [Float](
      repeating: 0,
      count: model.type(of: model.outputs[program.prediction].value).shape.elementCount)
  }

  /// Runs one step, or one part of it where a step adds several up; `isLast` says that the step is
  /// complete with it.
  ///
  /// - Parameters:
  ///   - inputs: a batch for each input of the model.
  ///   - target: what the prediction is compared with.
  ///   - rate: the learning rate.
  ///   - isLast: whether the parameters are updated.
  ///   - isObserved: whether `norms` are computed too; of steps of one run this changes no bit, and
  ///     steps of several always have them.
  /// - Throws: `SessionError` when the sizes do not fit.
  package func train(
    _ inputs: [[Float]], target: [Float], rate: Float, isLast: Bool = true, isObserved: Bool = false
  ) throws(SessionError) {
    let session = isObserved ? observed ?? first : first
    try set(inputs, target, of: session)
    if apply == nil { try session.setInput(batchInputs + 1, to: [rate]) }
    session.run()
    try readOutputs(of: session)
    if isObserved, observed != nil {
      try session.copyOutput(2, to: &norms)
      hasNorms = true
    }
    guard isLast, let apply else { return }
    try apply.setInput(0, to: [rate])
    apply.run()
    try apply.copyOutput(0, to: &norms)
    hasNorms = true
  }

  /// Computes losses and prediction of a batch with the parameters as they are.
  ///
  /// - Throws: `SessionError` when the sizes do not fit.
  package func evaluate(_ inputs: [[Float]], target: [Float]) throws(SessionError) {
    try set(inputs, target, of: evaluate)
    evaluate.run()
    try readOutputs(of: evaluate)
  }

  /// Takes over the states that both programs have under one name and of one size.
  package func takeStates(from other: TrainingSession) {
    for name in program.stateNames {
      guard let own = program.stateTensor(name), let theirs = other.program.stateTensor(name),
        let bytes = other.first.bytes(ofTensor: theirs),
        bytes.count == first.bytes(ofTensor: own)?.count
      else { continue }
      first.setBytes(ofTensor: own, to: bytes)
    }
  }

  private func set(
    _ inputs: [[Float]], _ target: [Float], of session: Session
  ) throws(SessionError) {
    for (index, input) in inputs.enumerated() { try session.setInput(index, to: input) }
    try session.setInput(batchInputs, to: target)
  }

  private func readOutputs(of session: Session) throws(SessionError) {
    try session.copyOutput(0, to: &losses)
    try session.copyOutput(1, to: &prediction)
  }
}

extension TrainingProgram {
  /// A session for an entry point on the memory of another; `nil` when the program has none such.
  fileprivate func session(
    _ entryPoint: TrainingEntryPoint, sharing host: Session, _ options: Session.Options
  ) throws(SessionError) -> Session? {
    guard let index = program.entryPoint(named: entryPoint.rawValue) else { return nil }
    var options = options
    options.entryPoint = index
    return try Session(sharing: host, options: options)
  }
}
