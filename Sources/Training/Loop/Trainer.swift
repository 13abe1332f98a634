// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore

/// Trains a model by a recipe: epochs of steps, validation, the best weights kept.
///
/// The result depends on the model, the recipe and the samples alone: not on threads, instruction
/// sets, or on how often the training was interrupted and went on.
package final class Trainer {
  package let recipe: Recipe
  private let model: Graph
  private let training: [Int]
  private let dataset: Dataset
  private let validation: (dataset: Dataset, samples: [Int])?
  private let augmenter: Augmenter
  private let maker: BatchMaker
  private let pool: ThreadPool?
  private let limit: InstructionSet?

  /// What is trained now, compiled and in memory.
  private var phase: TrainingPhase

  package private(set) var history: History
  private var plateau = PlateauState()
  private var earlyStopping = EarlyStopping()
  private var best: [UInt8] = []
  private var epoch = 0
  private var batch = 0

  /// The steps of an epoch.
  package var stepsPerEpoch: Int { training.count / recipe.batch }

  package var program: TrainingProgram { phase.program }

  /// The classes of the samples; 0 when targets are numbers.
  package var classCount: Int {
    if case .label(let count) = dataset.target { count } else { 0 }
  }

  /// Prepares a training: everything that can be wrong is told here.
  ///
  /// - Parameters:
  ///   - model: what `prepareForTraining` made, for any batch.
  ///   - recipe: the recipe.
  ///   - dataset: the samples to train on, and, without others, to set some aside of.
  ///   - split: which samples are trained on; those set aside are validated on.
  ///   - validation: other samples to validate on.
  ///   - pool: threads that share steps.
  ///   - limit: kernels of later instruction sets are not used.
  /// - Throws: `TrainingError`, and what compiling throws.
  package init(
    _ model: Graph, recipe: Recipe, dataset: Dataset, split: Split, validation: Dataset? = nil,
    pool: ThreadPool? = nil, limit: InstructionSet? = nil
  ) throws {
    self.model = model
    self.recipe = recipe
    self.dataset = dataset
    self.pool = pool
    self.limit = limit
    training = split.training
    if let validation {
      self.validation = (validation, Array(0..<validation.count))
    } else {
      self.validation = split.validation.isEmpty ? nil : (dataset, split.validation)
    }
    try dataset.check(split, batch: recipe.batch, validates: false)
    augmenter = try Augmenter(recipe.augmentation, for: dataset, seed: recipe.seed)
    maker = try BatchMaker(dataset, loss: recipe.loss, training: training)
    phase = try TrainingPhase(
      model, recipe, trainable: recipe.trainable(inEpoch: 0), pool: pool, limit: limit)
    history = History(
      metric: recipe.metric.rawValue, stepsPerEpoch: split.training.count / recipe.batch)
  }

  /// The model as it is now, or with the best epoch's numbers once there is one.
  ///
  /// - Throws: `OperatorError`, only by mistake.
  package func trainedModel() throws -> Graph {
    let current = phase.session.first.stateBytes
    // Before the first epoch is done, the model as it was.
    if best.isEmpty { phase.session.first.resetState() }
    if best.count == current.count { phase.session.first.setStateBytes(best) }
    defer { phase.session.first.setStateBytes(current) }
    return try phase.program.trainedModel(phase.session.first)
  }

  // MARK: - Epochs

  /// Trains to the last epoch, or until nothing gets better.
  ///
  /// - Parameter observe: told of everything that happens; what it throws ends the training.
  /// - Throws: `TrainingError`, and what `observe` throws.
  package func run(_ observe: (TrainingEvent) throws -> Void = { _ in }) throws {
    try observe(.began(epochs: recipe.epochs, stepsPerEpoch: stepsPerEpoch))
    while epoch < recipe.epochs {
      try changePhase()
      guard try trainEpoch(observe), try isSound(observe) else { return }
      let score = try validation.map { try evaluate($0.dataset, $0.samples) }
      let verdict = try finishEpoch(score, observe)
      epoch += 1
      batch = 0
      try observe(.settled)
      if verdict == .stop {
        try observe(.stoppedEarly(epoch: epoch - 1))
        return
      }
    }
  }

  /// Compiles anew when this epoch trains other parameters than the one before.
  private func changePhase() throws {
    let trainable = recipe.trainable(inEpoch: epoch)
    guard trainable != phase.trainable, batch == 0 else { return }
    phase = try phase.next(trainable, model: try trainedNow())
    // What was best is a state of another program: from here on the new one's counts.
    best = []
    earlyStopping = EarlyStopping()
  }

  private func trainedNow() throws -> Graph {
    try phase.program.trainedModel(phase.session.first)
  }

  /// Runs the steps of an epoch that are not done yet; `false` when training has to end.
  private func trainEpoch(_ observe: (TrainingEvent) throws -> Void) throws -> Bool {
    let rates = LearningRate(
      highest: recipe.learningRate, recipe.schedule, warmUp: recipe.warmUp,
      epochs: recipe.epochs, stepsPerEpoch: stepsPerEpoch)
    let batches = Batch.training(
      count: training.count, size: recipe.batch, seed: recipe.seed, epoch: epoch)
    while batch < batches.count {
      let number = epoch * stepsPerEpoch + batch
      let rate = rates.rate(step: number, plateau: plateau.factor)
      // The last step of an epoch shows its norms.
      let loss = try step(batches[batch], rate: rate, isObserved: batch == batches.count - 1)
      batch += 1
      let record = History.Step(loss: loss, rate: rate)
      history.append(record)
      try observe(.step(number, record))
      guard loss.isFinite else {
        try observe(.finding(.lossNotFinite(step: number)))
        return false
      }
    }
    return true
  }

  /// Whether all trained numbers are finite; a clamp may hide from the loss that they are not.
  private func isSound(_ observe: (TrainingEvent) throws -> Void) throws -> Bool {
    let last = epoch * stepsPerEpoch + batch - 1
    for layer in layers where !layer.gradient.isFinite {
      try observe(.finding(.notFinite(parameter: layer.name, isGradient: true, step: last)))
      return false
    }
    for parameter in phase.program.trained {
      let numbers = phase.program.state(parameter.name, in: phase.session.first)
      guard numbers.allSatisfy({ $0.isFinite }) else {
        try observe(
          .finding(.notFinite(parameter: parameter.name, isGradient: false, step: last)))
        return false
      }
    }
    return true
  }

  /// The norms of the last observed step, in the order of the parameters' nodes; none when a
  /// training was taken up after it.
  private var layers: [History.Layer] {
    guard phase.session.hasNorms else { return [] }
    let (names, norms) = (phase.program.observed, phase.session.norms)
    let layers = names.indices.map { index in
      History.Layer(
        name: names[index], gradient: Double(norms[names.count + index]).squareRoot(),
        weight: Double(norms[index]).squareRoot())
    }
    return layers.reversed()
  }

  /// One step; returns the mean loss of its samples.
  private func step(_ batch: Batch, rate: Double, isObserved: Bool) throws -> Double {
    var examples: [AugmentedExample] = []
    examples.reserveCapacity(batch.positions.count)
    for position in batch.positions {
      examples.append(
        try augmenter.example(position, of: training, epoch: epoch, in: dataset))
    }
    let whole = maker.contents(
      examples, weights: batch.weights, isMean: recipe.loss.isWeightedByTargets)
    let parts = phase.program.plan.microBatches
    var loss = 0.0
    for part in 0..<parts {
      let contents = whole.part(part, of: parts)
      try phase.session.train(
        contents.inputs, target: contents.target, rate: Float(rate), isLast: part == parts - 1,
        isObserved: isObserved)
      loss += phase.session.losses.reduce(0) { $0 + Double($1) }
    }
    return loss * Double(phase.program.plan.sampleWeight)
  }

  private func finishEpoch(
    _ score: ValidationScore?, _ observe: (TrainingEvent) throws -> Void
  ) throws -> EarlyStopping.Verdict {
    let steps = history.steps.suffix(stepsPerEpoch)
    let trainingLoss = steps.reduce(0) { $0 + $1.loss } / Double(max(steps.count, 1))
    let record = History.Epoch(
      trainingLoss: trainingLoss, validationLoss: score?.loss,
      metric: score?.value(of: recipe.metric), rate: steps.last?.rate ?? 0,
      layers: layers)
    history.append(record)
    if case .plateau(let rule) = recipe.schedule {
      plateau.add(score?.loss ?? trainingLoss, rule)
    }
    let metric = recipe.earlyStopping?.metric ?? recipe.metric
    let value = score?.value(of: metric) ?? trainingLoss
    let verdict = earlyStopping.add(
      value, epoch: epoch, isRising: score != nil && metric.isRising, rule: recipe.earlyStopping)
    if verdict == .best {
      best = phase.session.first.stateBytes
      history.bestEpoch = epoch
    }
    try observe(.epoch(epoch, record, isBest: verdict == .best))
    return verdict
  }

  // MARK: - Validation

  /// How the parameters as they are do on samples.
  ///
  /// - Throws: `TrainingError` when a sample cannot be read.
  package func evaluate(_ dataset: Dataset, _ samples: [Int]) throws -> ValidationScore {
    var keeper = ScoreKeeper()
    let size = phase.program.plan.batch
    for batch in Batch.evaluation(count: samples.count, size: size) {
      var examples: [AugmentedExample] = []
      for position in batch.positions {
        let example = try dataset.example(samples[position])
        examples.append(
          AugmentedExample(inputs: example.inputs, targets: [(example.target, 1)]))
      }
      // Each sample's own loss, whatever the batch it is in.
      let contents = maker.contents(examples, weights: batch.weights, isMean: false)
      try phase.session.evaluate(contents.inputs, target: contents.target)
      let columns = phase.session.prediction.count / size
      for row in 0..<batch.count {
        keeper.add(
          loss: Double(phase.session.losses[row]),
          prediction: phase.session.prediction[row * columns..<(row + 1) * columns],
          target: examples[row].targets[0].target)
      }
    }
    return keeper.score
  }

  /// How the best weights do on the validation samples; `nil` without any.
  ///
  /// - Throws: `TrainingError` when a sample cannot be read.
  package func validate() throws -> ValidationScore? {
    guard let validation else { return nil }
    let current = phase.session.first.stateBytes
    if best.count == current.count { phase.session.first.setStateBytes(best) }
    defer { phase.session.first.setStateBytes(current) }
    return try evaluate(validation.dataset, validation.samples)
  }

  // MARK: - Checkpoints

  /// Everything that is needed to go on to the same bits.
  package func checkpoint() -> Checkpoint {
    var checkpoint = Checkpoint(
      recipe: recipe, program: phase.digest, epoch: epoch, batch: batch, history: history,
      state: phase.session.first.stateBytes)
    checkpoint.plateau = plateau
    checkpoint.earlyStopping = earlyStopping
    checkpoint.bestState = best
    return checkpoint
  }

  /// Goes on where a checkpoint was made.
  ///
  /// - Throws: `TrainingError.checkpoint` when it belongs to another training.
  package func resume(_ checkpoint: Checkpoint, path: String) throws {
    let trainable = recipe.trainable(inEpoch: checkpoint.epoch)
    if trainable != phase.trainable { phase = try phase.next(trainable, model: model) }
    try checkpoint.check(
      path: path, recipe: recipe, program: phase.digest,
      stateBytes: phase.session.first.stateBytes.count)
    epoch = checkpoint.epoch
    batch = checkpoint.batch
    history = checkpoint.history
    plateau = checkpoint.plateau
    earlyStopping = checkpoint.earlyStopping
    best = checkpoint.bestState
    phase.session.first.setStateBytes(checkpoint.state)
  }
}
