// SPDX-License-Identifier: Apache-2.0
import TensorFiles
import Yams

/// Reads a recipe: YAML whose keys are all known and whose values are all in range.
struct RecipeReader {
  /// Its largest size, in bytes.
  private static let largestFile = 1 << 20

  enum Key: String, CaseIterable {
    case loss, optimizer
    case learningRate = "learning-rate"
    case schedule
    case warmUp = "warm-up"
    case epochs, batch
    case microBatch = "micro-batch"
    case l1, l2, decay, dropout
    case clipValue = "clip-value"
    case clipNorm = "clip-norm"
    case earlyStopping = "early-stopping"
    case initialize
    case batchNorm = "batch-norm"
    case augmentation, validation, trainable, groups, unfreeze, seed, threads, metric
    case replaceHead = "replace-head"
  }

  static let mostEpochs = 1_000_000
  static let mostSteps = 1_000_000_000
  private static let largestBatch = 1 << 20

  let root: RecipeSection

  /// Parses a text; `nil` when it is empty.
  init?(_ text: String, path: String) throws(TrainingError) {
    let node: Node?
    do {
      node = try compose(yaml: text)
    } catch let error as YamlError {
      let (line, words) = error.location
      throw .recipe(path: path, line: line, .syntax(words))
    } catch {
      throw .recipe(path: path, line: nil, .syntax("\(error)"))
    }
    guard let node else { return nil }
    root = try RecipeSection(
      node, path: path, place: "", allowed: Key.allCases.map(\.rawValue))
  }

  func recipe() throws(TrainingError) -> Recipe {
    var recipe = Recipe()
    try readLoss(&recipe)
    try readOptimizer(&recipe)
    try readSchedule(&recipe)
    try readSteps(&recipe)
    try readRegularization(&recipe)
    try readData(&recipe)
    try readSelection(&recipe)
    return recipe
  }

  /// The text of a file.
  static func text(of path: String) throws(TrainingError) -> String {
    let bytes: [UInt8]
    do throws(TensorFileError) {
      bytes = try readFile(path, limit: largestFile)
    } catch .fileTooLarge {
      throw .recipe(path: path, line: nil, .tooLarge)
    } catch {
      throw .system(error)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .recipe(path: path, line: nil, .notText)
    }
    return text
  }

  private func readSteps(_ recipe: inout Recipe) throws(TrainingError) {
    recipe.epochs = try root.integer(Key.epochs.rawValue, 1...Self.mostEpochs) ?? recipe.epochs
    recipe.batch = try root.integer(Key.batch.rawValue, 1...Self.largestBatch) ?? recipe.batch
    recipe.microBatch = try root.integer(Key.microBatch.rawValue, 1...Self.largestBatch)
    if let microBatch = recipe.microBatch, !recipe.batch.isMultiple(of: microBatch),
      let node = root[Key.microBatch.rawValue]
    {
      throw root.problem(.microBatch(microBatch, batch: recipe.batch), node)
    }
    recipe.seed =
      try root.value(Key.seed.rawValue, "a whole number from 0 to \(Int.max)") { node in
        node.int.flatMap { $0 >= 0 ? UInt64($0) : nil }
      } ?? recipe.seed
    recipe.threads = try root.integer(Key.threads.rawValue, 1...256) ?? recipe.threads
  }

  private func readRegularization(_ recipe: inout Recipe) throws(TrainingError) {
    recipe.l1 = try root.number(Key.l1.rawValue, .notNegative) ?? recipe.l1
    recipe.l2 = try root.number(Key.l2.rawValue, .notNegative) ?? recipe.l2
    recipe.decay = try root.number(Key.decay.rawValue, .notNegative) ?? recipe.decay
    recipe.dropout = try root.number(Key.dropout.rawValue, .properPart)
    recipe.clipValue = try root.number(Key.clipValue.rawValue, .positive)
    recipe.clipNorm = try root.number(Key.clipNorm.rawValue, .positive)
    recipe.metric = try root.choice(Key.metric.rawValue) ?? recipe.metric
    recipe.initialize = try root.choice(Key.initialize.rawValue) ?? recipe.initialize
    recipe.batchNorm = try root.choice(Key.batchNorm.rawValue) ?? recipe.batchNorm
    if let section = try root.section(
      Key.earlyStopping.rawValue, allowed: ["patience", "minimum-change", "metric"])
    {
      var rule = EarlyStopping.Rule()
      rule.patience = try section.integer("patience", 0...Self.mostEpochs) ?? rule.patience
      rule.minimumChange =
        try section.number("minimum-change", .notNegative) ?? rule.minimumChange
      rule.metric = try section.choice("metric")
      recipe.earlyStopping = rule
    }
  }
}

extension YamlError {
  /// Where the parser stopped, and its words.
  fileprivate var location: (line: Int?, words: String) {
    switch self {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      (mark.line, problem)
    case .reader(let problem, _, _, _): (nil, problem)
    case .duplicatedKeysInMapping(let names, let context):
      (context.mark.line, "\(names.joined(separator: ", ")) is there twice")
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      (nil, "\(self)")
    }
  }
}
