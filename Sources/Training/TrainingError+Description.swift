// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

extension TrainingError: CustomStringConvertible {
  /// Where, what is wrong, and what to do.
  package var description: String {
    switch self {
    case .system(let cause): "\(cause)"
    case .folder(let cause): "\(cause)"
    case .recipe(let path, let line, let problem):
      "\(shown(path))\(line.map { ":\($0)" } ?? ""): \(problem)"
    case .data(let path, let problem): "\(shown(path)): \(problem)"
    case .noPicture(let augmentation, let input, let type):
      "\(augmentation) moves pixels, but the input \(quoted(input)) of \(type.shape) is no "
        + "picture; take it out of \"augmentation\", or give \"layout\" in preprocess.yaml"
    case .checkpoint(let path, let problem): "\(shown(path)): \(problem)"
    }
  }
}

extension RecipeProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notText: "the file is not UTF-8 text"
    case .tooLarge: "the file is too large for a recipe"
    case .syntax(let words): "this is not YAML: \(words)"
    case .notMapping(let key):
      (key.isEmpty ? "a recipe" : key)
        + " is a mapping of keys to values, such as \"epochs: 10\""
    case .unknownKey(let key, let place, let allowed):
      "there is no key \(quoted(key))\(place.isEmpty ? "" : " in \(place)"); "
        + (allowed.isEmpty
          ? "there are none" : "the keys are " + allowed.joined(separator: ", "))
    case .duplicateKey(let key): "\(quoted(key)) is there twice"
    case .missingKey(let key, let place):
      "\(place.isEmpty ? "the recipe" : place) needs \(key)"
    case .value(let key, let expected): "\(key) takes \(expected)"
    case .exclusive(let first, let second): "\(first) and \(second) exclude each other: give one"
    case .microBatch(let microBatch, let batch):
      "micro-batch \(microBatch) does not divide batch \(batch)"
    }
  }
}

extension DatasetProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inputType(let input, let type):
      "the model's input \(quoted(input)) is \(type.dtype.name); training takes float32 inputs: "
        + "train the float model"
    case .truth(let wanted, let offered):
      "the loss needs \(Self.words(wanted)) of every sample, but the folder has "
        + (offered.isEmpty ? "none" : offered.map(Self.words).joined(separator: ", "))
        + "; choose another loss or another folder"
    case .paired: "the samples are pairs, which training does not take"
    case .label(let sample, let label, let classCount):
      "\(shown(sample)) is of class \(label), but the model has \(classCount) classes, 0 to "
        + "\(classCount - 1); correct the label, or give the model \"replace-head\""
    case .targetCount(let sample, let found, let expected):
      "\(shown(sample)) has \(found) target numbers; the model's output has \(expected)"
    case .inputNotFinite(let sample, let input, let element):
      "\(shown(sample)) is NaN or infinite at element \(element) of the input \(quoted(input)); "
        + "correct or remove the sample"
    case .targetNotFinite(let sample, let element):
      "the target of \(shown(sample)) is NaN or infinite at element \(element); correct or remove "
        + "the sample"
    case .oneClass(let label):
      "every training sample is of class \(label): there is nothing to tell apart"
    case .emptyValidation:
      "no sample is left to validate on; give more samples, a larger \"fraction\" or a \"folder\""
    case .fewerThanABatch(let count, let batch):
      "there are \(count) training samples, fewer than a batch of \(batch); give a smaller "
        + "\"batch\""
    case .folds(let folds, let count):
      "\(count) samples do not make \(folds) folds; 2 to \(count) do"
    case .classWeights(let found, let classCount):
      "class-weights has \(found) numbers; the model has \(classCount) classes"
    case .emptyClass(let label):
      "class \(label) has no training sample, so that \"balanced\" has no weight for it; give "
        + "class-weights as a list"
    }
  }

  private static func words(_ kind: Truth.Kind) -> String {
    switch kind {
    case .label: "a label"
    case .values: "target numbers"
    case .box: "a box"
    case .mask: "a mask"
    }
  }
}

extension CheckpointProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notCheckpoint: "this is no checkpoint"
    case .version(let found, let expected):
      "this is a checkpoint of version \(found); this program reads version \(expected)"
    case .truncated(let found, let expected):
      "the checkpoint has \(found) bytes where \(expected) are expected: it was cut off"
    case .checksum: "the checkpoint's checksum is wrong: bytes of it have changed"
    case .section(let section): "the checkpoint's part \"\(section)\" says what cannot be"
    case .recipe(let here, let there):
      "the checkpoint is of another recipe: it says \(shown(there.joined(separator: ", "))); "
        + "this one says \(shown(here.joined(separator: ", "))); go on with its own recipe, or "
        + "begin anew without it"
    case .program(let found, let expected):
      "the checkpoint is of the program \(hexadecimal(found)), this one is "
        + "\(hexadecimal(expected)): the model or the version of thimble is another"
    case .stateBytes(let found, let expected):
      "the checkpoint's weights take \(found) bytes, the program's \(expected)"
    }
  }

  private func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A text from a file in quotes, safe to print.
private func quoted(_ text: String) -> String { "\"\(shown(text))\"" }

/// A text from a file, safe to print, limited in length.
private func shown(_ text: String) -> String {
  let limit = 400
  var result = ""
  for scalar in text.unicodeScalars.prefix(limit) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
      .unassigned:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return text.unicodeScalars.count > limit ? result + "…" : result
}
