// SPDX-License-Identifier: Apache-2.0
import Foundation
import TensorFiles

/// Pictures of the shared data.
package enum Pets {
  /// Makes a new folder of them a data folder, by a `preprocess.yaml`.
  package static func fill(_ folder: URL, preprocess: String) throws {
    try writeFileAtomically(
      folder.appending(path: "preprocess.yaml").path, Array(preprocess.utf8))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "images"), withDestinationURL: Assets.url("data/pets/images"))
  }

  /// As EfficientNet-Lite0 was trained.
  package static let efficientNet = "crop: 224\nmean: 127\nstd: 128\n"
}
