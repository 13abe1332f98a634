// SPDX-License-Identifier: Apache-2.0
import Training

/// What a training takes, before it begins.
struct TrainingMemory: Encodable, CustomStringConvertible {
  let model: String
  let trainedParameters: Int
  let trainedNumbers: Int
  let stepsPerEpoch: Int
  let arenaBytes: Int
  let stateBytes: Int
  let constantsBytes: Int
  let totalBytes: Int

  init(model: String, _ trainer: Trainer) {
    self.model = model
    let trained = trainer.program.trained
    trainedParameters = trained.count
    trainedNumbers = trained.reduce(0) { $0 + $1.count }
    stepsPerEpoch = trainer.stepsPerEpoch
    let report = trainer.program.compiled.report
    (arenaBytes, stateBytes) = (report.arenaBytes, report.stateBytes)
    (constantsBytes, totalBytes) = (report.constantsBytes, report.totalBytes)
  }

  var description: String {
    """
    \(model): \(grouped(trainedNumbers)) numbers in \(trainedParameters) parameters are trained, \
    \(grouped(stepsPerEpoch)) steps an epoch
    memory of a step: \(grouped(arenaBytes)) bytes arena, \(grouped(stateBytes)) state, \
    \(grouped(constantsBytes)) constants; \(grouped(totalBytes)) in all
    """
  }
}

/// What came of a training.
struct TrainingSummary: Encodable, CustomStringConvertible {
  let model: String
  let output: String
  let outputBytes: Int
  let trainedParameters: Int
  let trainedNumbers: Int
  let epochs: Int
  let steps: Int
  /// Counted from 1; `nil` when no epoch was finished.
  let bestEpoch: Int?
  let trainingLoss: Double?
  let validationLoss: Double?
  let top1: Double?
  let top5: Double?
  let meanSquaredError: Double?
  let arenaBytes: Int
  let stateBytes: Int
  let findings: [String]

  init(
    model: String, output: String, fileBytes: Int, trainer: Trainer, score: ValidationScore?,
    findings: [HealthFinding]
  ) {
    self.model = model
    self.output = output
    outputBytes = fileBytes
    let trained = trainer.program.trained
    trainedParameters = trained.count
    trainedNumbers = trained.reduce(0) { $0 + $1.count }
    epochs = trainer.history.epochs.count
    steps = trainer.history.steps.count
    bestEpoch = trainer.history.bestEpoch.map { $0 + 1 }
    trainingLoss = trainer.history.bestEpoch.map { trainer.history.epochs[$0].trainingLoss }
    validationLoss = score?.loss
    top1 = score?.top1
    top5 = score?.top5
    meanSquaredError = score?.meanSquaredError
    arenaBytes = trainer.program.compiled.report.arenaBytes
    stateBytes = trainer.program.compiled.report.stateBytes
    self.findings = findings.map(\.description)
  }

  var description: String {
    var lines = [
      "\(output): \(grouped(outputBytes)) bytes",
      "trained: \(grouped(trainedNumbers)) numbers in \(trainedParameters) parameters, "
        + "\(epochs) epochs, \(grouped(steps)) steps",
      "memory of a step: \(grouped(arenaBytes)) bytes arena, \(grouped(stateBytes)) state",
    ]
    if let bestEpoch {
      var parts = ["best epoch: \(bestEpoch)"]
      if let trainingLoss { parts.append("training loss \(decimal(trainingLoss, digits: 4))") }
      if let validationLoss {
        parts.append("validation loss \(decimal(validationLoss, digits: 4))")
      }
      if let top1 { parts.append("top-1 \(decimal(top1, digits: 4))") }
      if let top5 { parts.append("top-5 \(decimal(top5, digits: 4))") }
      if let meanSquaredError {
        parts.append("mean squared error \(decimal(meanSquaredError, digits: 6))")
      }
      lines.append(parts.joined(separator: ", "))
    }
    return lines.joined(separator: "\n")
  }
}
