// SPDX-License-Identifier: Apache-2.0
import Yams

// Losses, optimisers and learning rates.

extension RecipeReader {
  func readLoss(_ recipe: inout Recipe) throws(TrainingError) {
    let tagged = try root.tagged(Key.loss.rawValue) { (kind: Recipe.Loss.Kind) in
      switch kind {
      case .crossEntropy: ["label-smoothing", "class-weights"]
      case .huber: ["delta"]
      case .triplet: ["margin"]
      case .binary, .mse, .mae, .kl, .hinge: []
      }
    }
    guard let (kind, section) = tagged else { return }
    switch Recipe.Loss(kind) {
    case .crossEntropy(var constants):
      constants.labelSmoothing =
        try section.number("label-smoothing", .properPart) ?? constants.labelSmoothing
      constants.classWeights =
        try section.value("class-weights", "\"balanced\", or a list of numbers above 0") {
          Self.classWeights($0)
        } ?? constants.classWeights
      recipe.loss = .crossEntropy(constants)
    case .huber(let delta):
      recipe.loss = .huber(delta: try section.number("delta", .positive) ?? delta)
    case .triplet(let margin):
      recipe.loss = .triplet(margin: try section.number("margin", .positive) ?? margin)
    case let other: recipe.loss = other
    }
  }

  private static func classWeights(_ node: Node) -> Recipe.ClassWeights? {
    guard let nodes = node.sequence else {
      return node.scalar?.string == "balanced" ? .balanced : nil
    }
    let numbers = nodes.compactMap { RecipeSection.number($0, .positive) }
    return numbers.count == nodes.count && !numbers.isEmpty ? .each(numbers) : nil
  }

  func readOptimizer(_ recipe: inout Recipe) throws(TrainingError) {
    let tagged = try root.tagged(Key.optimizer.rawValue) { (kind: Recipe.Optimizer.Kind) in
      switch kind {
      case .sgd: []
      case .momentum, .nesterov: ["momentum"]
      case .adagrad: ["epsilon", "initial-sum"]
      case .rmsprop: ["smoothing", "epsilon", "momentum"]
      case .adam, .adamw: ["beta1", "beta2", "epsilon"]
      }
    }
    guard let (kind, section) = tagged else { return }
    switch Recipe.Optimizer(kind) {
    case .sgd: recipe.optimizer = .sgd
    case .momentum(let momentum):
      recipe.optimizer = .momentum(try section.number("momentum", .innerPart) ?? momentum)
    case .nesterov(let momentum):
      recipe.optimizer = .nesterov(
        momentum: try section.number("momentum", .innerPart) ?? momentum)
    case .adagrad(var constants):
      constants.epsilon = try section.number("epsilon", .positive) ?? constants.epsilon
      constants.initialSum = try section.number("initial-sum", .notNegative) ?? constants.initialSum
      recipe.optimizer = .adagrad(constants)
    case .rmsprop(var constants):
      constants.smoothing = try section.number("smoothing", .properPart) ?? constants.smoothing
      constants.epsilon = try section.number("epsilon", .positive) ?? constants.epsilon
      constants.momentum = try section.number("momentum", .properPart) ?? constants.momentum
      recipe.optimizer = .rmsprop(constants)
    case .adam(let constants): recipe.optimizer = .adam(try adam(section, constants))
    case .adamW(let constants): recipe.optimizer = .adamW(try adam(section, constants))
    }
  }

  private func adam(
    _ section: RecipeSection, _ defaults: Recipe.Adam
  ) throws(TrainingError) -> Recipe.Adam {
    var constants = defaults
    constants.beta1 = try section.number("beta1", .properPart) ?? constants.beta1
    constants.beta2 = try section.number("beta2", .properPart) ?? constants.beta2
    constants.epsilon = try section.number("epsilon", .positive) ?? constants.epsilon
    return constants
  }

  func readSchedule(_ recipe: inout Recipe) throws(TrainingError) {
    recipe.learningRate =
      try root.number(Key.learningRate.rawValue, .positive) ?? recipe.learningRate
    if let section = try root.section(Key.warmUp.rawValue, allowed: ["steps", "epochs"]) {
      let steps = try section.integer("steps", 1...Self.mostSteps)
      let epochs = try section.integer("epochs", 1...Self.mostEpochs)
      if steps != nil, let node = section["epochs"] {
        throw section.problem(.exclusive("warm-up.steps", "warm-up.epochs"), node)
      }
      recipe.warmUp =
        if let steps { .steps(steps) } else {
          .epochs(try section.required("steps or epochs", epochs))
        }
    }
    let tagged = try root.tagged(Key.schedule.rawValue) { (kind: LearningRateSchedule.Kind) in
      switch kind {
      case .constant: []
      case .step: ["epochs", "factor"]
      case .cosine: ["minimum"]
      case .oneCycle: ["increase", "initial-divisor", "final-divisor"]
      case .plateau: ["factor", "patience", "minimum-change", "minimum"]
      }
    }
    guard let (kind, section) = tagged else { return }
    recipe.schedule = try schedule(LearningRateSchedule(kind), section)
  }

  private func schedule(
    _ defaults: LearningRateSchedule, _ section: RecipeSection
  ) throws(TrainingError) -> LearningRateSchedule {
    switch defaults {
    case .constant: return .constant
    case .step(let epochs, let factor):
      return .step(
        epochs: try section.integer("epochs", 1...Self.mostEpochs) ?? epochs,
        factor: try section.number("factor", .innerPart) ?? factor)
    case .cosine(let minimum):
      return .cosine(minimum: try section.number("minimum", .properPart) ?? minimum)
    case .oneCycle(var cycle):
      cycle.increase = try section.number("increase", .part) ?? cycle.increase
      cycle.initialDivisor =
        try section.number("initial-divisor", .positive) ?? cycle.initialDivisor
      cycle.finalDivisor = try section.number("final-divisor", .positive) ?? cycle.finalDivisor
      return .oneCycle(cycle)
    case .plateau(var plateau):
      plateau.factor = try section.number("factor", .innerPart) ?? plateau.factor
      plateau.patience = try section.integer("patience", 0...Self.mostEpochs) ?? plateau.patience
      plateau.minimumChange =
        try section.number("minimum-change", .properPart) ?? plateau.minimumChange
      plateau.minimum = try section.number("minimum", .properPart) ?? plateau.minimum
      return .plateau(plateau)
    }
  }
}
