// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore
import TensorFiles

/// Why a network cannot be trained as asked.
package enum TrainingError: Error, Equatable, Sendable {
  /// The system refused; the cause names the file.
  case system(TensorFileError)
  /// A sample cannot be read; the cause names its file.
  case folder(DataFolderError)
  case recipe(path: String, line: Int?, RecipeProblem)
  case data(path: String, DatasetProblem)
  /// An augmentation of pictures, and an input that is none.
  case noPicture(augmentation: String, input: String, TensorType)
  case checkpoint(path: String, CheckpointProblem)
}

/// What is wrong with a recipe.
package enum RecipeProblem: Equatable, Sendable {
  case notText
  case tooLarge
  /// The parser's own words.
  case syntax(String)
  /// Keys with values were expected, for this key or, when empty, for the file.
  case notMapping(key: String)
  /// A key that is none of those that may stand at `place`, which is empty for the file itself.
  case unknownKey(String, place: String, allowed: [String])
  case duplicateKey(String)
  /// A key that is needed is not there.
  case missingKey(String, place: String)
  /// The value of a key is not `expected`.
  case value(key: String, expected: String)
  /// Two keys that exclude each other.
  case exclusive(String, String)
  /// The parts of a batch are not alike.
  case microBatch(Int, batch: Int)
}

/// What is wrong with the samples.
package enum DatasetProblem: Equatable, Sendable {
  /// Training is in float32.
  case inputType(input: String, TensorType)
  /// The folder says nothing that the loss can use.
  case truth(wanted: Truth.Kind, offered: [Truth.Kind])
  /// Pairs of sentences are not trained on.
  case paired
  case label(sample: String, label: Int, classCount: Int)
  case targetCount(sample: String, found: Int, expected: Int)
  /// A number of a sample is NaN or infinite.
  case inputNotFinite(sample: String, input: String, element: Int)
  case targetNotFinite(sample: String, element: Int)
  /// Every sample that would be trained on is of this class.
  case oneClass(Int)
  /// No sample is left to validate on.
  case emptyValidation
  /// No batch is full.
  case fewerThanABatch(count: Int, batch: Int)
  case folds(Int, count: Int)
  /// As many weights as classes are needed.
  case classWeights(found: Int, classCount: Int)
  /// A class that `balanced` weights would divide by has no sample.
  case emptyClass(Int)
}

/// What is wrong with a checkpoint.
package enum CheckpointProblem: Error, Equatable, Sendable {
  case notCheckpoint
  case version(found: Int, expected: Int)
  case truncated(found: Int, expected: Int)
  /// Bytes are not those that were written.
  case checksum
  /// A section is missing or says what cannot be.
  case section(CheckpointSection)
  /// It was made with another recipe.
  case recipe(here: [String], there: [String])
  /// It was made by another program.
  case program(found: UInt64, expected: UInt64)
  case stateBytes(found: Int, expected: Int)
}
