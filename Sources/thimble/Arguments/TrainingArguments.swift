// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Training

/// How a model is trained: a recipe file, and what goes before it.
struct TrainingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A YAML file that says how to train: docs/training-recipes.md.", valueName: "file"))
  var recipe: String?

  @Option(help: "What is made small: cross-entropy, binary, mse, mae, huber, kl, hinge, triplet.")
  var loss: Recipe.Loss.Kind?

  @Option(help: "sgd, momentum, nesterov, adagrad, rmsprop, adam or adamw.")
  var optimizer: Recipe.Optimizer.Kind?

  @Option(help: "The highest learning rate.")
  var learningRate: Double?

  @Option(help: "How the rate goes: constant, step, cosine, one-cycle or plateau.")
  var schedule: LearningRateSchedule.Kind?

  @Option(help: "How often every sample is trained on.")
  var epochs: Int?

  @Option(help: "Samples of a step.")
  var batch: Int?

  @Option(help: "Samples that are computed at once; a step adds up several such runs.")
  var microBatch: Int?

  @Option(help: "Decoupled decay: each step takes rate x decay off every weight.")
  var decay: Double?

  @Option(name: .customLong("l1"), help: "The weight of the sum of all magnitudes in the loss.")
  var l1: Double?

  @Option(name: .customLong("l2"), help: "The weight of half the sum of all squares in the loss.")
  var l2: Double?

  @Option(help: "The greatest norm of all gradients together.")
  var clipNorm: Double?

  @Option(help: "The greatest magnitude of an element of a gradient.")
  var clipValue: Double?

  @Option(help: "How weights begin: keep, he, xavier or orthogonal.")
  var initialize: Recipe.Initialize?

  @Option(help: "train, frozen or re-estimate.")
  var batchNorm: Recipe.BatchNorm?

  @Option(help: "What is trained: all, head, last-block, or patterns of names: 'block5/*,head/*'.")
  var trainable: String?

  @Option(help: "Put a new last layer for so many classes in place of the model's.")
  var replaceHead: Int?

  @Option(help: "The share of samples to validate on, 0 for none, or a folder of others.")
  var validation: String?

  @Option(help: "Epochs without a better one that are borne before training stops.")
  var patience: Int?

  @Option(help: "What the best epoch is found by: loss, top1, top5 or mse.")
  var metric: Recipe.Metric?

  @Option(help: "Decides every random choice.")
  var seed: UInt64?

  @Option(help: "The threads to share each step; results do not depend on it.")
  var threads: Int?

  /// The recipe: the file's, or the defaults, with the options that are given.
  ///
  /// - Throws: `TrainingError`, when the file cannot be read or a value is out of range.
  func completeRecipe() throws -> Recipe {
    var recipe = try self.recipe.map { (path) throws in try Recipe(file: path) } ?? Recipe()
    loss.map { recipe.loss = Recipe.Loss($0) }
    optimizer.map { recipe.optimizer = Recipe.Optimizer($0) }
    learningRate.map { recipe.learningRate = $0 }
    schedule.map { recipe.schedule = LearningRateSchedule($0) }
    epochs.map { recipe.epochs = $0 }
    batch.map { recipe.batch = $0 }
    microBatch.map { recipe.microBatch = $0 }
    decay.map { recipe.decay = $0 }
    l1.map { recipe.l1 = $0 }
    l2.map { recipe.l2 = $0 }
    clipNorm.map { recipe.clipNorm = $0 }
    clipValue.map { recipe.clipValue = $0 }
    initialize.map { recipe.initialize = $0 }
    batchNorm.map { recipe.batchNorm = $0 }
    replaceHead.map { recipe.replaceHead = $0 }
    metric.map { recipe.metric = $0 }
    seed.map { recipe.seed = $0 }
    threads.map { recipe.threads = $0 }
    takeLongOptions(&recipe)
    // What a file may say, options may say: the reader knows the ranges.
    return try Recipe(yaml: recipe.yaml, path: self.recipe ?? "the options")
  }

  private func takeLongOptions(_ recipe: inout Recipe) {
    if let trainable {
      recipe.trainable =
        Recipe.Trainable(trainable)
        ?? .names(trainable.split(separator: ",").map { NamePattern(String($0)) })
    }
    if let validation {
      recipe.validation = Double(validation).map { .fraction($0) } ?? .folder(validation)
    }
    if let patience {
      var rule = recipe.earlyStopping ?? EarlyStopping.Rule()
      rule.patience = patience
      recipe.earlyStopping = rule
    }
  }
}

extension Recipe.Loss.Kind: ExpressibleByArgument {}
extension Recipe.Optimizer.Kind: ExpressibleByArgument {}
extension LearningRateSchedule.Kind: ExpressibleByArgument {}
extension Recipe.Initialize: ExpressibleByArgument {}
extension Recipe.BatchNorm: ExpressibleByArgument {}
extension Recipe.Metric: ExpressibleByArgument {}
