// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Compiler
import DataFolders
import Engine
import Exporters
import Graph
import Importers
import TensorCore
import TensorFiles
import Training

/// `thimble train`: a network learns from samples, from scratch or from where it is.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a model on samples and write it as ONNX.",
    discussion: """
      DATA is a folder as docs/data-folders.md has it. A recipe file holds what can be chosen: see \
      docs/training-recipes.md; options that are given go before it. The weights of the best \
      epoch are written.
      """)

  @Argument(help: "The float model: an .onnx or .tflite file.")
  var model: String

  @Option(help: "The folder of samples to train on.")
  var data: String

  @Option(name: .shortAndLong, help: "The ONNX file to write.")
  var output: String

  @OptionGroup var shapes: ShapeArguments

  @OptionGroup var arguments: TrainingArguments

  @OptionGroup var files: TrainingFileArguments

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    let recipe = try arguments.completeRecipe()
    try refuse(output: output, onInput: model)
    for path in [output] + files.outputs { try checkWritable(path) }
    let imported = try locating(model) {
      try importModel(readFile(model), options: shapes.importOptions())
    }
    let subject = try locating(model) { try TrainingSubject(imported, recipe) }
    // What ONNX cannot spell is told before the work, not after.
    _ = try locating(model) { try exportONNX(subject.model) }
    let dataset = try subject.dataset(data, recipe)
    let trainer = try makeTrainer(subject, recipe, dataset)
    try files.writeProgram(trainer)
    guard !files.dryRun else { return try show(TrainingMemory(model: model, trainer)) }
    try files.resume(trainer)
    let observer = TrainingObserver(trainer, files, epochs: recipe.epochs)
    try trainer.run { try observer.take($0) }
    observer.finish()
    let trained = try subject.result(try trainer.trainedModel())
    let file = try locating(model) { try exportONNX(trained) }
    try writeFileAtomically(output, file)
    let score = try trainer.validate()
    let report = TrainingSummary(
      model: model, output: output, fileBytes: file.count, trainer: trainer, score: score,
      findings: observer.findings)
    try files.write(trainer, score, model: model)
    try show(report)
    if let finding = observer.findings.first { throw CommandError.trainingFailed(finding) }
  }

  private func show(_ report: some Encodable & CustomStringConvertible) throws {
    if json { try printJSON(report) } else { print(report) }
  }

  private func makeTrainer(
    _ subject: TrainingSubject, _ recipe: Recipe, _ dataset: Dataset
  ) throws -> Trainer {
    var validation: Dataset?
    var split = Split(training: Array(0..<dataset.count), validation: [])
    switch recipe.validation {
    case .fraction(let fraction):
      split = try Split(fraction: fraction, of: dataset, seed: recipe.seed)
    case .folder(let folder): validation = try subject.dataset(folder, recipe)
    case .folds(let folds):
      preconditionFailure("\(folds) folds were refused before")
    }
    return try locating(model) {
      try Trainer(
        subject.model, recipe: recipe, dataset: dataset, split: split, validation: validation,
        pool: recipe.threads > 1 ? try ThreadPool(threads: recipe.threads) : nil,
        limit: try instructionSetLimit())
    }
  }
}
