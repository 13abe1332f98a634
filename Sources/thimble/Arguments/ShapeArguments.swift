// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Importers

/// The shapes of inputs that a model leaves open.
struct ShapeArguments: ParsableArguments {
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "The shape of an input that the model leaves open: image=1x3x224x224.",
      valueName: "name=shape"))
  var shapes: [NamedShape] = []

  /// - Throws: `CommandError.duplicateInput`.
  func importOptions() throws(CommandError) -> ImportOptions {
    var options = ImportOptions()
    for input in shapes {
      guard options.inputShapes.updateValue(input.shape, forKey: input.name) == nil else {
        throw .duplicateInput(name: input.name)
      }
    }
    return options
  }
}
