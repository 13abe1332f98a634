// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

extension DataFolderError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let cause): "\(cause)"
    case .file(let path, let cause): "\(shown(path)): \(cause)"
    case .nothing(let path):
      "\(shown(path)) has no samples: neither x.npy or one .npy file for each input, nor "
        + "labels.csv, nor one sub-folder of pictures for each class"
    case .settings(let path, let line, let problem):
      "\(shown(path))\(line.map { ":\($0)" } ?? ""): \(problem)"
    case .table(let path, let line, let problem): "\(shown(path)):\(line): \(problem)"
    case .classFolder(let path, let problem): "\(shown(path)): \(problem)"
    case .array(let path, let problem): "\(shown(path)): \(problem)"
    case .picture(let path, let problem): "\(shown(path)): \(problem)"
    }
  }
}

extension SettingsProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notText: "the file is not UTF-8 text"
    case .tooLarge: "the file is larger than \(SettingsReader.largestFile) bytes"
    case .syntax(let words): "this is not YAML: \(words)"
    case .notMapping: "a mapping of keys to values is expected, such as \"resize: cover\""
    case .unknownKey(let key):
      "there is no key \(quoted(key)); the keys are "
        + SettingsReader.Key.allCases.map(\.rawValue).joined(separator: ", ")
    case .duplicateKey(let key): "\(quoted(key)) is there twice"
    case .value(let key, let expected): "\(key) takes \(expected)"
    case .label(let key, let problem): "\(key): \(problem)"
    case .noResizeRule:
      "size does nothing without \"resize: stretch\", \"resize: cover\" or \"resize: fit\""
    }
  }
}

extension LabelProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noClasses(let label):
      "the label \(quoted(label)) is no number; give the names of the model's classes, in order, "
        + "as \"classes\" in preprocess.yaml"
    case .unknown(let label):
      "the label \(quoted(label)) is none of the classes of preprocess.yaml"
    case .ambiguous(let label):
      "several classes are called \(quoted(label)); use the number of the one that is meant"
    case .outOfRange(let label): "the label \(quoted(label)) is no number of a class"
    }
  }
}

extension TableProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notText: "the file is not UTF-8 text"
    case .noHeader: "the names of the columns are expected, such as \"file,label\""
    case .noRows: "no sample follows the names of the columns"
    case .missingColumn(let name): "there is no column \"\(name)\""
    case .duplicateColumn(let name): "there are two columns \"\(name)\""
    case .missingBoxColumn(let name):
      "there is no column \"\(name)\": a box takes x0, y0, x1 and y1"
    case .fieldCount(let expected, let found):
      "the line has \(found) fields; the header names \(expected) columns"
    case .quote: "a quoted field is not closed, or text follows the quote"
    case .outsidePath(let path): "\(quoted(path)) leads out of the folder"
    case .number(let column, let text): "\(column) is \(quoted(text)), which is no finite number"
    case .emptyBox: "the box has no area: x0 < x1 and y0 < y1 are expected"
    case .label(let problem): "\(problem)"
    }
  }
}

extension ArrayProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let input):
      input == "y"
        ? "there is no such file, which holds labels or targets"
        : "there is no such file, which the input \(quoted(input)) needs"
    case .shape(let found, let input, let expected):
      "the array is \(found); the input \(quoted(input)) takes N x \(expected), "
        + "or N x 2 x \(withoutBatch(expected)) for pairs"
    case .dtype(let found, let input, let expected):
      "the array is \(found.name); the input \(quoted(input)) takes \(accepted(by: expected))"
    case .count(let found, let expected, let other):
      "there are \(found) samples, but \(expected) in \(shown(other))"
    case .empty: "there are no samples"
    case .value(let sample, let input, let expected):
      "sample \(sample) holds a number that the input \(quoted(input)) cannot take as "
        + "\(expected.name)"
    case .label(let sample): "the label of sample \(sample) is less than 0 or too large"
    case .targetDType(let dtype): "targets may be integers or floats, not \(dtype.name)"
    }
  }

  private func accepted(by type: TensorType) -> String {
    type.quantization?.perTensor == nil
      ? "\(type.dtype.name), or numbers it can hold"
      : "\(type.dtype.name) as stored, or float32 to be quantised"
  }
}

extension PictureProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inputs(let ports):
      "the model's inputs are no picture: "
        + ports.map { "\(quoted($0.name)) \($0.type.dtype.name) \($0.type.shape)" }
        .joined(separator: ", ")
    case .dtype(let input, let type):
      "no picture fills the input \(quoted(input)) of \(type.dtype.name)"
    case .channels(let settings, let input):
      "mean and std of preprocess.yaml have \(settings) channels, the input \(input)"
    case .size(let found, let expected):
      "the picture has \(text(found)) pixels, the input \(text(expected)); say in "
        + "preprocess.yaml how it fits, such as \"resize: cover\""
    case .crop(let found, let expected):
      "the picture has \(text(found)) pixels, less than the crop of \(text(expected))"
    case .tooLarge: "the picture would have more than \(Image.maximumPixelCount) pixels"
    case .maskSize(let found, let picture):
      "the mask has \(text(found)) pixels, its picture \(text(picture))"
    case .maskColour(let x, let y):
      "the pixel at \(x), \(y) is coloured; masks are grey, and the grey is the class"
    }
  }

  private func text(_ extent: PixelSize) -> String { "\(extent.width) x \(extent.height)" }
}

/// A text from a file in quotes, safe to print, limited in length.
private func quoted(_ text: String) -> String { "\"\(shown(text))\"" }

/// A text from a file, safe to print: a file name must not steer the terminal.
private func shown(_ text: String) -> String {
  let limit = 200
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
