// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// Why a folder of samples cannot be used; every case names the file.
package enum DataFolderError: Error, Equatable, Sendable {
  /// The system refused; the cause names the file.
  case system(TensorFileError)
  /// A file is not what its format asks for.
  case file(path: String, TensorFileError)
  /// The folder has neither arrays, nor a table, nor sub-folders with pictures.
  case nothing(path: String)
  case settings(path: String, line: Int?, SettingsProblem)
  case table(path: String, line: Int, TableProblem)
  /// The name of a class folder is none of the model's classes.
  case classFolder(path: String, LabelProblem)
  case array(path: String, ArrayProblem)
  case picture(path: String, PictureProblem)
}

/// What is wrong with `preprocess.yaml`.
package enum SettingsProblem: Equatable, Sendable {
  case notText
  case tooLarge
  /// The parser's own words.
  case syntax(String)
  case notMapping
  case unknownKey(String)
  case duplicateKey(String)
  /// The value of a key is not `expected`.
  case value(key: String, expected: String)
  case label(key: String, LabelProblem)
  /// A size without a rule how pictures come to it.
  case noResizeRule
}

/// What is wrong with a line of `labels.csv`.
package enum TableProblem: Equatable, Sendable {
  case notText
  case noHeader
  case noRows
  case missingColumn(String)
  case duplicateColumn(String)
  /// Some of `x0`, `y0`, `x1`, `y1` are there and this one is not.
  case missingBoxColumn(String)
  case fieldCount(expected: Int, found: Int)
  case quote
  /// The path leads out of the folder.
  case outsidePath(String)
  case number(column: String, text: String)
  /// Left is right of right, or top below bottom.
  case emptyBox
  case label(LabelProblem)
}

/// What is wrong with an array of samples.
package enum ArrayProblem: Equatable, Sendable {
  /// There is no such file, which an input needs.
  case missing(input: String)
  case shape(found: Shape, input: String, expected: Shape)
  case dtype(found: DType, input: String, expected: TensorType)
  /// Another file holds another number of samples.
  case count(found: Int, expected: Int, other: String)
  case empty
  /// A number that the input's dtype cannot hold.
  case value(sample: Int, input: String, expected: DType)
  /// Labels are whole numbers from 0.
  case label(sample: Int)
  case targetDType(DType)
}

/// What is wrong with a picture.
package enum PictureProblem: Error, Equatable, Sendable {
  /// The model's inputs are not one picture.
  case inputs([InputPort])
  /// The input has quantised or other elements that no picture fills.
  case dtype(input: String, TensorType)
  /// `mean` or `std` have another number of channels.
  case channels(settings: Int, input: Int)
  case size(found: PixelSize, expected: PixelSize)
  case crop(found: PixelSize, expected: PixelSize)
  /// The settings would blow it up beyond `Image.maximumPixelCount`.
  case tooLarge
  case maskSize(found: PixelSize, picture: PixelSize)
  /// A pixel of a mask is coloured, which no class index is.
  case maskColour(x: Int, y: Int)
}
