// SPDX-License-Identifier: Apache-2.0
import Training

/// Shows a training as it goes and saves it.
final class TrainingObserver {
  private let trainer: Trainer
  private let files: TrainingFileArguments
  private let progress: TrainingProgress
  private(set) var findings: [HealthFinding] = []

  init(_ trainer: Trainer, _ files: TrainingFileArguments, epochs: Int) {
    self.trainer = trainer
    self.files = files
    progress = TrainingProgress(
      epochs: epochs, stepsPerEpoch: trainer.stepsPerEpoch, metric: trainer.history.metric,
      done: trainer.history.steps.count)
  }

  func take(_ event: TrainingEvent) throws {
    switch event {
    case .began: break
    case .step(let number, let step):
      progress.add(step)
      if let every = files.checkpointSteps, (number + 1) % every == 0 { try save() }
    case .epoch(let number, let epoch, let isBest):
      progress.add(epoch, number: number, isBest: isBest)
    case .settled: try save()
    case .finding(let finding):
      findings.append(finding)
      progress.clear()
      printError("thimble: warning: \(finding)")
    case .stoppedEarly(let epoch):
      progress.clear()
      printError("stopped after epoch \(epoch + 1): nothing got better")
    }
  }

  func finish() { progress.clear() }

  private func save() throws {
    if let path = files.checkpoint { try trainer.checkpoint().write(to: path) }
  }
}
