// SPDX-License-Identifier: Apache-2.0

extension History {
  /// One line for each epoch, counted from 1; empty fields for what is not known.
  package var epochsCSV: String {
    var text = "epoch,training_loss,validation_loss,\(Self.field(metric)),rate\n"
    for (index, epoch) in epochs.enumerated() {
      let numbers = [epoch.trainingLoss, epoch.validationLoss, epoch.metric, epoch.rate]
      text += "\(index + 1)," + numbers.map { $0.map { "\($0)" } ?? "" }.joined(separator: ",")
      text += "\n"
    }
    return text
  }

  /// One line for each step, counted from 1.
  package var stepsCSV: String {
    var text = "step,epoch,loss,rate\n"
    for (index, step) in steps.enumerated() {
      text += "\(index + 1),\(index / stepsPerEpoch + 1),\(step.loss),\(step.rate)\n"
    }
    return text
  }

  /// One line for each weight of each epoch.
  package var layersCSV: String {
    var text = "epoch,layer,gradient_norm,weight_norm\n"
    for (index, epoch) in epochs.enumerated() {
      for layer in epoch.layers {
        text += "\(index + 1),\(Self.field(layer.name)),\(layer.gradient),\(layer.weight)\n"
      }
    }
    return text
  }

  /// A text as a field of a table: in quotes where it must be (RFC 4180, section 2).
  private static func field(_ text: String) -> String {
    let isPlain = !text.unicodeScalars.contains { [",", "\"", "\n", "\r"].contains($0) }
    return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
