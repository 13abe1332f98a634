// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The folder of real models and data that the larger tests read.
///
/// `THIMBLE_ASSETS` names it. Unset, those tests are skipped with a message; set, a missing file is
/// a failure.
package enum Assets {
  /// The folder, or `nil` when the variable is unset.
  package static let root = ProcessInfo.processInfo.environment["THIMBLE_ASSETS"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }

  package static let skipMessage: Comment =
    "set THIMBLE_ASSETS to the folder of shared models to run this test"

  package static var isAvailable: Bool { root != nil }

  /// A file of the folder.
  ///
  /// - Throws: `AssetError.missing` when the folder is named but the file is not there.
  package static func url(_ path: String) throws -> URL {
    guard let url = root?.appending(path: path),
      FileManager.default.fileExists(atPath: url.path)
    else { throw AssetError.missing(path) }
    return url
  }

  /// The bytes of a file of the folder; throws as `url(_:)` does.
  package static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url(path)))
  }
}

package enum AssetError: Error {
  case missing(String)
}
