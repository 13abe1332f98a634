// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The names of what is in a folder, hidden ones left out, sorted by code points: the same order on
/// every machine.
///
/// - Throws: `TensorFileError.system` when the folder cannot be listed.
package func listFolder(_ path: String) throws(TensorFileError) -> [String] {
  // SAFETY: the string is terminated and outlives the call.
  guard let folder = unsafe opendir(path) else { throw .system(.open, path: path, code: errno) }
  defer { unsafe closedir(folder) }
  var names: [String] = []
  while true {
    errno = 0
    // SAFETY: the folder is open; the entry is read before the next call replaces it.
    guard let entry = unsafe readdir(folder) else {
      guard errno == 0 else { throw .system(.read, path: path, code: errno) }
      return names.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }
    let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      // SAFETY: the bytes are those of the entry's own array; they are copied to the terminator.
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
}

/// What is at a path, links followed.
package enum FileKind: Sendable {
  case nothing, folder, other
}

/// What is at a path, links followed; `nothing` also when it may not be looked at.
package func fileKind(_ path: String) -> FileKind {
  var status = stat()
  // SAFETY: the string is terminated; `status` outlives the call, which fills it.
  guard unsafe stat(path, &status) == 0 else { return .nothing }
  return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
}
