// SPDX-License-Identifier: Apache-2.0
import Yams

// Samples, and what is trained.

extension RecipeReader {
  func readData(_ recipe: inout Recipe) throws(TrainingError) {
    if let node = root[Key.augmentation.rawValue] {
      guard let nodes = node.sequence else {
        throw root.problem(
          .value(key: Key.augmentation.rawValue, expected: "a list, such as [flip, crop]"), node)
      }
      for (index, node) in nodes.enumerated() {
        recipe.augmentation.append(
          try augmentation(node, "\(Key.augmentation.rawValue)[\(index)]"))
      }
    }
    guard
      let section = try root.section(
        Key.validation.rawValue, allowed: ["fraction", "k-fold", "folder"])
    else { return }
    let given = ["fraction", "k-fold", "folder"].filter { section[$0] != nil }
    if given.count > 1, let node = section[given[1]] {
      let (first, second) = (section.name(of: given[0]), section.name(of: given[1]))
      throw section.problem(.exclusive(first, second), node)
    }
    if let fraction = try section.number("fraction", .properPart) {
      recipe.validation = .fraction(fraction)
    } else if let folds = try section.integer("k-fold", 2...1000) {
      recipe.validation = .folds(folds)
    } else {
      let folder = try section.value("folder", "the path of a folder") { node in
        node.scalar.flatMap { $0.string.isEmpty ? nil : $0.string }
      }
      recipe.validation = .folder(
        try section.required("fraction, k-fold or folder", folder))
    }
  }

  private func augmentation(_ node: Node, _ place: String) throws(TrainingError) -> Augmentation {
    let (kind, section) = try root.tagged(node, place) { (kind: Augmentation.Kind) in
      switch kind {
      case .flip: ["probability"]
      case .crop: ["padding"]
      case .shift: ["fraction"]
      case .brightness: ["strength"]
      case .noise: ["deviation"]
      case .mixup: ["alpha"]
      }
    }
    switch Augmentation(kind) {
    case .flip(var flip):
      flip.probability = try section.number("probability", .part) ?? flip.probability
      return .flip(flip)
    case .crop(var crop):
      crop.padding = try section.integer("padding", 1...1024) ?? crop.padding
      return .crop(crop)
    case .shift(var shift):
      shift.fraction = try section.number("fraction", .innerPart) ?? shift.fraction
      return .shift(shift)
    case .brightness(var brightness):
      brightness.strength = try section.number("strength", .innerPart) ?? brightness.strength
      return .brightness(brightness)
    case .noise(var noise):
      noise.deviation = try section.number("deviation", .positive) ?? noise.deviation
      return .noise(noise)
    case .mixup(var mixup):
      mixup.alpha = try section.number("alpha", .positive) ?? mixup.alpha
      return .mixup(mixup)
    }
  }

  // MARK: - What is trained

  func readSelection(_ recipe: inout Recipe) throws(TrainingError) {
    recipe.replaceHead = try root.integer(Key.replaceHead.rawValue, 2...1_000_000)
    recipe.trainable = try trainable(root, Key.trainable.rawValue) ?? recipe.trainable
    for section in try sections(Key.groups.rawValue, allowed: ["names", "rate"]) {
      let names = try section.value("names", "a name, in which * stands for anything") { node in
        node.scalar.flatMap { $0.string.isEmpty ? nil : NamePattern($0.string) }
      }
      recipe.groups.append(
        Recipe.Group(
          names: try section.required("names", names),
          rate: try section.required("rate", section.number("rate", .notNegative))))
    }
    for section in try sections(Key.unfreeze.rawValue, allowed: ["epoch", "trainable"]) {
      let epoch = try section.required("epoch", section.integer("epoch", 2...Self.mostEpochs))
      let trainable = try section.required("trainable", trainable(section, "trainable"))
      if let node = section["epoch"], let last = recipe.unfreeze.last, epoch <= last.epoch {
        let expected = "an epoch after \(last.epoch), that of the entry before"
        throw section.problem(.value(key: section.name(of: "epoch"), expected: expected), node)
      }
      recipe.unfreeze.append(Recipe.Unfreeze(epoch: epoch, trainable: trainable))
    }
  }

  private func trainable(
    _ section: RecipeSection, _ key: String
  ) throws(TrainingError) -> Recipe.Trainable? {
    try section.value(key, "all, head, last-block, or a list of names of weights") { node in
      guard let nodes = node.sequence else { return Recipe.Trainable(node.scalar?.string ?? "") }
      let names = nodes.compactMap { $0.scalar?.string }
      guard names.count == nodes.count, !names.isEmpty, !names.contains("") else { return nil }
      return .names(names.map(NamePattern.init))
    }
  }

  /// The sections of a list; none when the key is not there.
  private func sections(
    _ key: String, allowed: [String]
  ) throws(TrainingError) -> [RecipeSection] {
    guard let node = root[key] else { return [] }
    guard let nodes = node.sequence else {
      throw root.problem(
        .value(key: key, expected: "a list of mappings with \(allowed.joined(separator: " and "))"),
        node)
    }
    var sections: [RecipeSection] = []
    for (index, node) in nodes.enumerated() {
      sections.append(
        try RecipeSection(node, path: root.path, place: "\(key)[\(index)]", allowed: allowed))
    }
    return sections
  }
}
