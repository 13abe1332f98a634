// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TensorFiles
import Training

/// What a training reads and writes beside the model and its samples.
struct TrainingFileArguments: ParsableArguments {
  @Option(help: "A file to save the training in after each epoch, and every --checkpoint-steps.")
  var checkpoint: String?

  @Option(help: "Steps after which a checkpoint is saved, besides after each epoch.")
  var checkpointSteps: Int?

  @Flag(help: "Go on from --checkpoint when it is there.")
  var resume = false

  @Option(help: "A page with curves, confusions and norms to write.")
  var html: String?

  @Option(help: "A CSV file of all epochs to write.")
  var csv: String?

  @Option(help: "Write the compiled training program, for thimble inspect and thimble bench.")
  var program: String?

  @Flag(help: "Compile the training and say what memory it takes, but do not train.")
  var dryRun = false

  func validate() throws {
    guard checkpoint != nil || (!resume && checkpointSteps == nil) else {
      throw ValidationError("--resume and --checkpoint-steps need --checkpoint FILE.")
    }
    guard checkpointSteps.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--checkpoint-steps is at least 1.")
    }
  }

  /// The files that are written.
  var outputs: [String] { [checkpoint, html, csv, program].compactMap(\.self) }

  /// Writes the program that runs the steps, if that was asked for.
  func writeProgram(_ trainer: Trainer) throws {
    if let program { try writeFileAtomically(program, trainer.program.compiled.bytes) }
  }

  /// Writes the page and the table that were asked for.
  func write(_ trainer: Trainer, _ score: ValidationScore?, model: String) throws {
    if let html {
      let classCount = score.map { $0.confusions.labels.isEmpty ? 0 : trainer.classCount } ?? 0
      let report = TrainingReport(
        model: model, trainer.history, recipe: trainer.recipe,
        confusions: classCount > 0 ? score?.confusions : nil, classCount: classCount)
      try writeFileAtomically(html, try Page.training(report).html())
    }
    if let csv { try writeFileAtomically(csv, Array(trainer.history.epochsCSV.utf8)) }
  }

  /// Takes up a training where its checkpoint left it.
  func resume(_ trainer: Trainer) throws {
    guard resume, let checkpoint, FileManager.default.fileExists(atPath: checkpoint) else { return }
    try trainer.resume(try Checkpoint(file: checkpoint), path: checkpoint)
  }
}
