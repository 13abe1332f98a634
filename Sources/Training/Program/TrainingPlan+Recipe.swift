// SPDX-License-Identifier: Apache-2.0
import Graph
import Operators
import TensorCore

extension TrainingPlan {
  /// What a recipe asks of a model that `prepareForTraining` made.
  ///
  /// - Parameters:
  ///   - recipe: the recipe; its unfreezing is the caller's business.
  ///   - model: the model.
  ///   - trainable: what is trained now.
  package init(_ recipe: Recipe, for model: Graph, trainable: Recipe.Trainable) {
    let micro = recipe.microBatch ?? recipe.batch
    var rule = UpdateRule(recipe.optimizer.optimizer)
    rule.l1 = Float(recipe.l1)
    rule.l2 = Float(recipe.l2)
    rule.decay = Float(recipe.decay)
    rule.clipValue = recipe.clipValue.map { Float($0) }
    rule.clipNorm = recipe.clipNorm.map { Float($0) }
    var choices: [String: Choice] = [:]
    for name in model.names(of: trainable) {
      var choice = Choice()
      if let group = recipe.groups.first(where: { $0.names.matches(name) }) {
        choice.rateFactor = Float(group.rate)
      }
      choices[name] = choice
    }
    self.init(loss: recipe.loss.operation, rule: rule, choices: choices, batch: micro)
    microBatches = recipe.batch / micro
    takesLogits = recipe.loss.takesLogits
    sampleWeight = recipe.loss.isWeightedByTargets ? 1 : 1 / Float(recipe.batch)
    batchNormalization = recipe.batchNorm == .frozen ? .frozen : .train(momentum: 0.1)
  }
}

extension Recipe.Optimizer {
  /// The optimiser that is meant.
  var optimizer: any Optimizer {
    switch self {
    case .sgd: GradientDescent()
    case .momentum(let momentum): GradientDescent(momentum: Float(momentum))
    case .nesterov(let momentum):
      GradientDescent(momentum: Float(momentum), isNesterov: true)
    case .adagrad(let settings):
      Adagrad(epsilon: Float(settings.epsilon), initialSum: Float(settings.initialSum))
    case .rmsprop(let settings):
      RMSProp(
        smoothing: settings.smoothing, epsilon: Float(settings.epsilon),
        momentum: Float(settings.momentum))
    case .adam(let settings), .adamW(let settings):
      Adam(beta1: settings.beta1, beta2: settings.beta2, epsilon: Float(settings.epsilon))
    }
  }
}
