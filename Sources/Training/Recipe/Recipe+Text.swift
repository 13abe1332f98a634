// SPDX-License-Identifier: Apache-2.0

extension Recipe {
  /// The recipe as a file with every key, defaults too; reading it gives the same recipe.
  package var yaml: String {
    lines.map { "\($0.key.rawValue): \($0.value)\n" }.joined()
  }

  /// What differs in another recipe and would change a weight: how many threads there are does not.
  package func differences(from other: Recipe) -> [(here: String, there: String)] {
    let keys = RecipeReader.Key.allCases.filter { $0 != .threads }
    let (here, there) = (Dictionary(lines), Dictionary(other.lines))
    return keys.compactMap { key in
      let (own, others) = (here[key] ?? nil, there[key] ?? nil)
      guard own != others else { return nil }
      func text(_ value: String?) -> String {
        value.map { "\(key.rawValue): \($0)" } ?? "no \(key.rawValue)"
      }
      return (text(own), text(others))
    }
  }

  /// The keys that say something, each with its value on one line.
  private var lines: [(key: RecipeReader.Key, value: String)] {
    let all: [(RecipeReader.Key, String?)] = [
      (.loss, loss.text), (.optimizer, optimizer.text), (.learningRate, "\(learningRate)"),
      (.schedule, schedule.text), (.warmUp, warmUp?.text), (.epochs, "\(epochs)"),
      (.batch, "\(batch)"), (.microBatch, microBatch.map { "\($0)" }), (.l1, "\(l1)"),
      (.l2, "\(l2)"), (.decay, "\(decay)"), (.dropout, dropout.map { "\($0)" }),
      (.clipValue, clipValue.map { "\($0)" }), (.clipNorm, clipNorm.map { "\($0)" }),
      (.earlyStopping, earlyStopping?.text), (.initialize, initialize.rawValue),
      (.batchNorm, batchNorm.rawValue),
      (.augmentation, "[\(augmentation.map(\.text).joined(separator: ", "))]"),
      (.validation, validation.text), (.trainable, trainable.text),
      (.groups, "[\(groups.map(\.text).joined(separator: ", "))]"),
      (.unfreeze, "[\(unfreeze.map(\.text).joined(separator: ", "))]"),
      (.seed, "\(seed)"), (.threads, "\(threads)"), (.metric, metric.rawValue),
      (.replaceHead, replaceHead.map { "\($0)" }),
    ]
    return all.compactMap { key, value in value.map { (key, $0) } }
  }
}

extension Dictionary {
  fileprivate init(_ pairs: [(key: Key, value: Value)]) {
    self.init(uniqueKeysWithValues: pairs.map { ($0.key, $0.value) })
  }
}

/// Keys and values between braces; those without a value are left out.
private func mapping(_ entries: (String, Any?)...) -> String {
  let parts = entries.compactMap { key, value in value.map { "\(key): \($0)" } }
  return "{\(parts.joined(separator: ", "))}"
}

/// A text between quotes, in which YAML knows escapes.
private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case _ where scalar.value < 0x20 || scalar.value == 0x7F:
      let digits = String(scalar.value, radix: 16)
      result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension Recipe.Loss {
  fileprivate var text: String {
    switch self {
    case .crossEntropy(let constants):
      let weights: String? =
        switch constants.classWeights {
        case .equal: nil
        case .balanced: "balanced"
        case .each(let weights): "\(weights)"
        }
      return mapping(
        ("kind", Kind.crossEntropy.rawValue), ("label-smoothing", constants.labelSmoothing),
        ("class-weights", weights))
    case .binaryCrossEntropy: return Kind.binary.rawValue
    case .meanSquaredError: return Kind.mse.rawValue
    case .meanAbsoluteError: return Kind.mae.rawValue
    case .huber(let delta): return mapping(("kind", Kind.huber.rawValue), ("delta", delta))
    case .kullbackLeibler: return Kind.kl.rawValue
    case .hinge: return Kind.hinge.rawValue
    case .triplet(let margin):
      return mapping(("kind", Kind.triplet.rawValue), ("margin", margin))
    }
  }
}

extension Recipe.Optimizer {
  fileprivate var text: String {
    switch self {
    case .sgd: Kind.sgd.rawValue
    case .momentum(let momentum):
      mapping(("kind", Kind.momentum.rawValue), ("momentum", momentum))
    case .nesterov(let momentum):
      mapping(("kind", Kind.nesterov.rawValue), ("momentum", momentum))
    case .adagrad(let constants):
      mapping(
        ("kind", Kind.adagrad.rawValue), ("epsilon", constants.epsilon),
        ("initial-sum", constants.initialSum))
    case .rmsprop(let constants):
      mapping(
        ("kind", Kind.rmsprop.rawValue), ("smoothing", constants.smoothing),
        ("epsilon", constants.epsilon), ("momentum", constants.momentum))
    case .adam(let constants): constants.text(.adam)
    case .adamW(let constants): constants.text(.adamw)
    }
  }
}

extension Recipe.Adam {
  fileprivate func text(_ kind: Recipe.Optimizer.Kind) -> String {
    mapping(("kind", kind.rawValue), ("beta1", beta1), ("beta2", beta2), ("epsilon", epsilon))
  }
}

extension LearningRateSchedule {
  fileprivate var text: String {
    switch self {
    case .constant: Kind.constant.rawValue
    case .step(let epochs, let factor):
      mapping(("kind", Kind.step.rawValue), ("epochs", epochs), ("factor", factor))
    case .cosine(let minimum): mapping(("kind", Kind.cosine.rawValue), ("minimum", minimum))
    case .oneCycle(let cycle):
      mapping(
        ("kind", Kind.oneCycle.rawValue), ("increase", cycle.increase),
        ("initial-divisor", cycle.initialDivisor), ("final-divisor", cycle.finalDivisor))
    case .plateau(let plateau):
      mapping(
        ("kind", Kind.plateau.rawValue), ("factor", plateau.factor),
        ("patience", plateau.patience), ("minimum-change", plateau.minimumChange),
        ("minimum", plateau.minimum))
    }
  }
}

extension WarmUp {
  fileprivate var text: String {
    switch self {
    case .steps(let steps): mapping(("steps", steps))
    case .epochs(let epochs): mapping(("epochs", epochs))
    }
  }
}

extension EarlyStopping.Rule {
  fileprivate var text: String {
    mapping(
      ("patience", patience), ("minimum-change", minimumChange), ("metric", metric?.rawValue))
  }
}

extension Augmentation {
  fileprivate var text: String {
    switch self {
    case .flip(let flip): mapping(("kind", kind.rawValue), ("probability", flip.probability))
    case .crop(let crop): mapping(("kind", kind.rawValue), ("padding", crop.padding))
    case .shift(let shift): mapping(("kind", kind.rawValue), ("fraction", shift.fraction))
    case .brightness(let brightness):
      mapping(("kind", kind.rawValue), ("strength", brightness.strength))
    case .noise(let noise): mapping(("kind", kind.rawValue), ("deviation", noise.deviation))
    case .mixup(let mixup): mapping(("kind", kind.rawValue), ("alpha", mixup.alpha))
    }
  }
}

extension Recipe.Validation {
  fileprivate var text: String {
    switch self {
    case .fraction(let fraction): mapping(("fraction", fraction))
    case .folds(let folds): mapping(("k-fold", folds))
    case .folder(let path): mapping(("folder", quoted(path)))
    }
  }
}

extension Recipe.Trainable {
  fileprivate var text: String {
    switch self {
    case .all: "all"
    case .head: "head"
    case .lastBlock: "last-block"
    case .names(let names): "[\(names.map { quoted($0.text) }.joined(separator: ", "))]"
    }
  }
}

extension Recipe.Group {
  fileprivate var text: String { mapping(("names", quoted(names.text)), ("rate", rate)) }
}

extension Recipe.Unfreeze {
  fileprivate var text: String { mapping(("epoch", epoch), ("trainable", trainable.text)) }
}
