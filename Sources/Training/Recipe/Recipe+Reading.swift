// SPDX-License-Identifier: Apache-2.0

extension Recipe {
  /// Reads a recipe file; what it does not say keeps its default.
  ///
  /// - Throws: `TrainingError.system` or `.recipe`, with the line and what may stand there.
  package init(file path: String) throws(TrainingError) {
    try self.init(yaml: RecipeReader.text(of: path), path: path)
  }

  /// Reads a recipe from text; `path` is for messages.
  ///
  /// - Throws: `TrainingError.recipe`.
  package init(yaml text: String, path: String) throws(TrainingError) {
    self = try RecipeReader(text, path: path)?.recipe() ?? Recipe()
  }
}

extension Recipe.Trainable {
  /// One of `all`, `head` and `last-block`, as recipes and flags spell them.
  package init?(_ text: String) {
    switch text {
    case "all": self = .all
    case "head": self = .head
    case "last-block": self = .lastBlock
    default: return nil
    }
  }
}

extension LearningRateSchedule {
  /// As recipes and flags spell it.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case constant, step, cosine
    case oneCycle = "one-cycle"
    case plateau
  }

  /// The schedule of a kind with the defaults of its constants.
  package init(_ kind: Kind) {
    switch kind {
    case .constant: self = .constant
    case .step: self = .step(epochs: 10, factor: 0.1)
    case .cosine: self = .cosine(minimum: 0)
    case .oneCycle: self = .oneCycle(OneCycle())
    case .plateau: self = .plateau(Plateau())
    }
  }
}
