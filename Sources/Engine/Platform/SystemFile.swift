// SPDX-License-Identifier: Apache-2.0
import CPlatform

/// Why a file could not be read or written: an errno.
package struct SystemError: Error, Equatable, Sendable {
  package let errno: Int32
}

/// Files as bytes, for executables without Foundation.
package enum SystemFile {
  /// The bytes of a regular file.
  package static func read(_ path: String) throws(SystemError) -> [UInt8] {
    var data: UnsafeMutableRawPointer?
    var count = 0
    // SAFETY: the path is NUL-terminated for the call; the results are variables of this scope.
    let error = unsafe path.withCString { unsafe cp_read_file($0, &data, &count) }
    guard error == 0 else { throw SystemError(errno: error) }
    defer { unsafe cp_free(data) }
    // SAFETY: `data` holds `count` bytes until freed.
    return unsafe Array(UnsafeRawBufferPointer(start: data, count: count))
  }

  /// Writes a file under a temporary name, syncs it, and gives it its own.
  package static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
    let error = unsafe path.withCString { path in
      // SAFETY: the array's storage, alive for the closure.
      unsafe bytes.withUnsafeBytes { unsafe cp_write_file(path, $0.baseAddress, $0.count) }
    }
    guard error == 0 else { throw SystemError(errno: error) }
  }

  /// Makes a folder unless it exists.
  package static func makeFolder(_ path: String) throws(SystemError) {
    // SAFETY: the path is NUL-terminated for the call.
    let error = unsafe path.withCString { unsafe cp_make_folder($0) }
    guard error == 0 else { throw SystemError(errno: error) }
  }
}
