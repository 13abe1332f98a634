// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Refuses an output path that leads to an input file: by the same path, a link, or another name.
func refuse(output: String, onInput input: String) throws(CommandError) {
  if let target = FileIdentity(output), target == FileIdentity(input) {
    throw .outputIsInput(path: output)
  }
}

/// What two paths to one file have in common.
private struct FileIdentity: Equatable {
  let device: Int
  let number: Int

  /// Identifies an existing file, links followed; `nil` when there is none.
  init?(_ path: String) {
    let resolved = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    guard
      let attributes = try? FileManager.default.attributesOfItem(atPath: resolved),
      let device = attributes[.systemNumber] as? Int,
      let number = attributes[.systemFileNumber] as? Int
    else { return nil }
    (self.device, self.number) = (device, number)
  }
}
