// SPDX-License-Identifier: Apache-2.0
import Testing
import Training

@Suite("recipes") struct RecipeTests {
  private static let full = """
    # everything another way than by default
    loss: {kind: cross-entropy, label-smoothing: 0.1, class-weights: [1, 2.5]}
    optimizer:
      kind: adamw
      beta1: 0.8
      beta2: 0.99
      epsilon: 1e-6
    learning-rate: 3e-3
    schedule: {kind: one-cycle, increase: 0.2, initial-divisor: 10, final-divisor: 100}
    warm-up: {steps: 7}
    epochs: 3
    batch: 64
    micro-batch: 16
    l1: 1e-5
    l2: 1e-4
    decay: 0.01
    dropout: 0.5
    clip-value: 2
    clip-norm: 1
    early-stopping: {patience: 3, minimum-change: 0.001, metric: top1}
    initialize: he
    batch-norm: re-estimate
    augmentation:
      - flip
      - {kind: crop, padding: 2}
      - {kind: shift, fraction: 0.2}
      - {kind: brightness, strength: 0.3}
      - {kind: noise, deviation: 0.1}
      - {kind: mixup, alpha: 1}
    validation: {k-fold: 5}
    trainable: [block_1/*, "head"]
    groups: [{names: block_1/*, rate: 0.1}]
    unfreeze: [{epoch: 2, trainable: last-block}, {epoch: 3, trainable: all}]
    seed: 18446744073
    threads: 2
    metric: top1
    replace-head: 37
    """

  private func message(_ yaml: String) throws -> String {
    let error = #expect(throws: TrainingError.self) { try Recipe(yaml: yaml, path: "r.yaml") }
    return try #require(error).description
  }

  @Test("every key has its meaning")
  func allKeys() throws {
    let recipe = try Recipe(yaml: Self.full, path: "r.yaml")
    guard case .crossEntropy(let loss) = recipe.loss, case .adamW(let adam) = recipe.optimizer,
      case .oneCycle(let cycle) = recipe.schedule
    else {
      Issue.record("other kinds: \(recipe)")
      return
    }
    #expect(loss.labelSmoothing == 0.1 && loss.classWeights == .each([1, 2.5]))
    #expect(adam.beta1 == 0.8 && adam.beta2 == 0.99 && adam.epsilon == 1e-6)
    #expect(recipe.learningRate == 3e-3 && recipe.warmUp == .steps(7))
    #expect(cycle.increase == 0.2 && cycle.initialDivisor == 10 && cycle.finalDivisor == 100)
    #expect(recipe.epochs == 3 && recipe.batch == 64 && recipe.microBatch == 16)
    #expect(recipe.l1 == 1e-5 && recipe.l2 == 1e-4 && recipe.decay == 0.01)
    #expect(recipe.dropout == 0.5 && recipe.clipValue == 2 && recipe.clipNorm == 1)
    #expect(recipe.earlyStopping?.patience == 3 && recipe.earlyStopping?.metric == .top1)
    #expect(recipe.initialize == .he && recipe.batchNorm == .reestimate)
    #expect(
      recipe.augmentation.map(\.kind) == [.flip, .crop, .shift, .brightness, .noise, .mixup])
    #expect(recipe.validation == .folds(5))
    #expect(recipe.trainable == .names([NamePattern("block_1/*"), NamePattern("head")]))
    #expect(recipe.groups.map(\.rate) == [0.1])
    #expect(recipe.unfreeze.map(\.epoch) == [2, 3])
    #expect(recipe.seed == 18_446_744_073 && recipe.threads == 2)
    #expect(recipe.metric == .top1 && recipe.replaceHead == 37)
  }

  @Test func isAllDefaultsWhenEmpty() throws {
    #expect(try Recipe(yaml: "", path: "") == Recipe())
    #expect(try Recipe(yaml: "# nothing\n", path: "") == Recipe())
  }

  @Test(
    "reads back what it writes",
    arguments: [
      "", full, "loss: binary", "loss: mse", "loss: mae", "loss: {kind: huber, delta: 2}",
      "loss: kl", "loss: hinge", "loss: {kind: triplet, margin: 0.2}",
      "loss: {kind: cross-entropy, class-weights: balanced}", "optimizer: sgd",
      "optimizer: {kind: momentum, momentum: 0.8}", "optimizer: nesterov", "optimizer: adagrad",
      "optimizer: {kind: rmsprop, momentum: 0.5}", "schedule: {kind: step, epochs: 2}",
      "schedule: {kind: cosine, minimum: 0.1}", "schedule: {kind: plateau, patience: 0}",
      "warm-up: {epochs: 1}", "validation: {fraction: 0}",
      "validation: {folder: \"a \\\"b\\\\c\\n: #\"}", "trainable: head", "trainable: last-block",
      "trainable: [\"a: [b]\", \"*\"]",
    ])
  func roundTrip(yaml: String) throws {
    let recipe = try Recipe(yaml: yaml, path: "")
    #expect(try Recipe(yaml: recipe.yaml, path: "") == recipe)
    #expect(recipe.differences(from: recipe).isEmpty)
  }

  @Test func tellsWhatDiffers() throws {
    let one = try Recipe(yaml: "batch: 8\nthreads: 1\nclip-norm: 1", path: "")
    let other = try Recipe(yaml: "batch: 16\nthreads: 2", path: "")
    let differences = one.differences(from: other)
    #expect(differences.map(\.here) == ["batch: 8", "clip-norm: 1.0"])
    #expect(differences.map(\.there) == ["batch: 16", "no clip-norm"])
  }

  @Test(
    "says which line is wrong, and how",
    arguments: [
      ("batch: 8\nfrob: 1", ":2: there is no key \"frob\"; the keys are loss, optimizer, "),
      ("- 1", ":1: a recipe is a mapping of keys to values"),
      ("batch: [", ":2: this is not YAML"),
      ("batch: 8\nbatch: 9", "batch is there twice"),
      ("epochs: 0", ":1: epochs takes a whole number from 1 to 1000000"),
      ("epochs: 1.5", "epochs takes a whole number"),
      ("learning-rate: -1", "learning-rate takes a number above 0"),
      ("learning-rate: .nan", "learning-rate takes a number above 0"),
      ("l2: .inf", "l2 takes a number 0 or more"),
      ("dropout: 1", "dropout takes a number from 0 to below 1"),
      ("loss: frob", "loss takes one of cross-entropy, binary, mse, mae, huber, kl, hinge, trip"),
      ("loss: {delta: 1}", "loss needs kind"),
      (
        "loss: {kind: huber, margin: 1}",
        "there is no key \"margin\" in loss; the keys are kind, delta"
      ),
      ("\nloss: {kind: huber, delta: 0}", ":2: loss.delta takes a number above 0"),
      ("loss: {kind: cross-entropy, class-weights: [1, 0]}", "takes \"balanced\", or a list of"),
      ("optimizer: {kind: adam, beta1: 1}", "optimizer.beta1 takes a number from 0 to below 1"),
      ("warm-up: {}", "warm-up needs steps or epochs"),
      ("warm-up: {steps: 1, epochs: 1}", "exclude each other"),
      ("warm-up: 3", "warm-up is a mapping"),
      ("batch: 10\nmicro-batch: 4", ":2: micro-batch 4 does not divide batch 10"),
      ("batch-norm: on", "batch-norm takes one of train, frozen, re-estimate"),
      ("augmentation: flip", "augmentation takes a list"),
      ("augmentation: [flip, frob]", "augmentation[1] takes one of flip, crop, shift"),
      ("validation: {fraction: 0.1, k-fold: 2}", "validation.fraction and validation.k-fold"),
      ("validation: {k-fold: 1}", "validation.k-fold takes a whole number from 2"),
      ("validation: {}", "validation needs fraction, k-fold or folder"),
      ("trainable: tail", "trainable takes all, head, last-block, or a list"),
      ("trainable: []", "trainable takes all"),
      ("groups: [{names: a}]", "groups[0] needs rate"),
      ("groups: {names: a}", "groups takes a list of mappings with names and rate"),
      (
        "unfreeze: [{epoch: 3, trainable: all}, {epoch: 3, trainable: all}]",
        "unfreeze[1].epoch takes an epoch after 3"
      ),
      ("unfreeze: [{epoch: 1, trainable: all}]", "unfreeze[0].epoch takes a whole number from 2"),
      ("seed: -1", "seed takes a whole number from 0"),
      ("metric: auc", "metric takes one of loss, top1, top5, mse"),
      ("replace-head: 1", "replace-head takes a whole number from 2"),
    ])
  func mistakes(yaml: String, words: String) throws {
    let message = try message(yaml)
    #expect(message.hasPrefix("r.yaml") && message.contains(words), "\(message)")
  }

  @Test(arguments: [
    ("*", "", true), ("*", "a/b", true), ("a*", "ab", true), ("a*", "ba", false),
    ("*b*d", "abcd", true), ("*b*d", "abdc", false), ("a", "a", true), ("a", "ab", false),
    ("", "", true), ("", "a", false), ("a**b", "ab", true), ("*ab", "aab", true),
  ])
  func patternsMatch(pattern: String, name: String, isMatch: Bool) {
    #expect(NamePattern(pattern).matches(name) == isMatch)
  }
}
