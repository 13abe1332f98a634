// SPDX-License-Identifier: Apache-2.0
import TensorCore
import TensorFiles

/// Samples for the inputs of a model, read from a folder one by one.
///
/// The folder holds `labels.csv` and pictures; or one sub-folder of pictures for each class; or
/// `y.npy` and one `.npy` file for each input. `preprocess.yaml` says how pictures become inputs.
/// docs/data-folders.md has the details.
package struct DataFolder: Sendable {
  package let path: String
  package let settings: Preprocessing
  private let contents: Contents

  private enum Contents {
    case arrays(ArrayFolder)
    case images(ImageFolder)
  }

  /// Opens a folder; of pictures, only the table or the names are read.
  ///
  /// Where nothing needs to be known of the samples, as for calibration, `isLabelled` is `false`:
  /// `y.npy` is not read, and pictures may lie in the folder itself and in sub-folders of any name.
  /// - Throws: `DataFolderError` when there are no samples, or none that the inputs take.
  package init(
    _ path: String, inputs: [InputPort], isLabelled: Bool = true
  ) throws(DataFolderError) {
    self.path = path
    let names: [String]
    do throws(TensorFileError) {
      names = try listFolder(path)
    } catch {
      throw .system(error)
    }
    settings = try SettingsReader.settings(ofFolder: path)
    if names.contains("labels.csv") {
      let table = "\(path)/labels.csv"
      contents = .images(
        try ImageFolder(table: table, in: path, settings, inputs: inputs))
    } else if names.contains(where: { $0.hasSuffix(".npy") }) {
      contents = .arrays(try ArrayFolder(path, inputs: inputs, isLabelled: isLabelled))
    } else if !isLabelled {
      contents = .images(
        try ImageFolder(unlabelled: names, in: path, settings, inputs: inputs))
    } else {
      let folders = names.filter { fileKind("\(path)/\($0)") == .folder }
      guard !folders.isEmpty else { throw .nothing(path: path) }
      contents = .images(
        try ImageFolder(classFolders: folders, in: path, settings, inputs: inputs))
    }
  }

  /// The number of samples; at least 1.
  package var count: Int {
    switch contents {
    case .arrays(let folder): folder.count
    case .images(let folder): folder.count
    }
  }

  /// What is known of every sample.
  package var kinds: Set<Truth.Kind> {
    switch contents {
    case .arrays(let folder): folder.kinds
    case .images(let folder): folder.kinds
    }
  }

  /// Whether every sample is a pair, which takes two runs.
  package var isPaired: Bool {
    switch contents {
    case .arrays(let folder): folder.isPaired
    case .images: false
    }
  }

  /// Reads the inputs of a sample, with what to call it.
  ///
  /// - Precondition: `index` is below `count`.
  package func inputs(
    _ index: Int
  ) throws(DataFolderError) -> (name: String, runs: [[TensorData]]) {
    precondition((0..<count).contains(index), "there is no such sample")
    switch contents {
    case .arrays(let folder): return try folder.inputs(index)
    case .images(let folder): return try folder.inputs(index)
    }
  }

  /// Reads a sample with what is known of it.
  ///
  /// - Precondition: `index` is below `count` and `kind` is one of `kinds`.
  package func sample(_ index: Int, truth kind: Truth.Kind) throws(DataFolderError) -> Sample {
    precondition((0..<count).contains(index), "there is no such sample")
    precondition(kinds.contains(kind), "the folder does not say that")
    switch contents {
    case .arrays(let folder): return try folder.sample(index, truth: kind)
    case .images(let folder): return try folder.sample(index, truth: kind)
    }
  }
}
