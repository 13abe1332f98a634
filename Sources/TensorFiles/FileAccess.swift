// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The largest file that `readFile(_:limit:)` reads unless told otherwise: 4 GiB.
package let defaultFileLimit = 1 << 32

/// The bytes of a file, a pipe or a device.
///
/// - Throws: `TensorFileError.system`, or `.fileTooLarge` when there are more than `limit` bytes.
package func readFile(_ path: String, limit: Int = defaultFileLimit) throws(TensorFileError)
  -> [UInt8]
{
  let file = try FileDescriptor(opening: path, O_RDONLY)
  defer { file.close() }
  var status = stat()
  // SAFETY: `status` outlives the call, which fills it.
  guard unsafe fstat(file.number, &status) == 0 else { throw file.failure(.read) }
  guard Int(status.st_size) <= limit else { throw .fileTooLarge(path: path, limit: limit) }

  var bytes: [UInt8] = []
  while true {
    // One more than what the size promises, so that one call reads a regular file.
    let room = max(Int(status.st_size) - bytes.count + 1, 1 << 16)
    if try file.read(into: &bytes, atMost: room) == 0 { return bytes }
    guard bytes.count <= limit else { throw .fileTooLarge(path: path, limit: limit) }
  }
}

/// Replaces a file, so that any reader finds the old bytes or the new ones, whatever happens.
///
/// Writes to a new file in the same folder, syncs it and renames it over `path`; a failure removes
/// the new file and leaves the old one. A device or pipe is written to directly.
/// - Throws: `TensorFileError.system` of the step that failed.
package func writeFileAtomically(_ path: String, _ bytes: [UInt8]) throws(TensorFileError) {
  if isSpecialFile(path) {
    let file = try FileDescriptor(opening: path, O_WRONLY)
    defer { file.close() }
    return try file.write(bytes)
  }
  let target = resolvingLinks(path)
  let temporary = temporaryName(for: target)
  let file = try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, reportAs: path)
  do throws(TensorFileError) {
    defer { file.close() }
    try file.write(bytes)
    guard fsync(file.number) == 0 else { throw file.failure(.sync) }
  } catch {
    remove(temporary)
    throw error
  }
  // SAFETY: both strings are terminated and outlive the call.
  guard unsafe rename(temporary, target) == 0 else {
    let code = errno
    remove(temporary)
    throw .system(.rename, path: path, code: code)
  }
}

/// Tells before long work whether a file could be written to a path; nothing is left there.
///
/// - Throws: `TensorFileError.system`.
package func checkWritable(_ path: String) throws(TensorFileError) {
  guard !isSpecialFile(path) else { return }
  let target = resolvingLinks(path)
  var status = stat()
  // SAFETY: `status` outlives the call, which fills it.
  if unsafe stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
    throw .system(.rename, path: path, code: EISDIR)
  }
  let temporary = temporaryName(for: target)
  try FileDescriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, reportAs: path).close()
  remove(temporary)
}

/// Where a file is written before it takes its name.
private func temporaryName(for target: String) -> String { "\(target).\(getpid()).tmp" }

private func remove(_ path: String) {
  // SAFETY: the string is terminated and outlives the call.
  _ = unsafe unlink(path)
}

/// Whether something that is neither a regular file nor a folder is at a path.
private func isSpecialFile(_ path: String) -> Bool {
  var status = stat()
  // SAFETY: `status` outlives the call, which fills it.
  guard unsafe stat(path, &status) == 0 else { return false }
  return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
}

/// The path with symbolic links followed, so that a link stays a link to the replaced file.
private func resolvingLinks(_ path: String) -> String {
  // SAFETY: a null destination makes realpath allocate the result, which is freed after copying.
  guard let resolved = unsafe realpath(path, nil) else { return path }
  defer { unsafe free(resolved) }
  return unsafe String(cString: resolved)
}

/// An open file that knows the path to name in errors.
private struct FileDescriptor {
  let number: Int32
  let path: String

  init(opening name: String, _ flags: Int32, reportAs path: String? = nil)
    throws(TensorFileError)
  {
    self.path = path ?? name
    // SAFETY: the string is terminated and outlives the call.
    number = unsafe open(name, flags | O_CLOEXEC, 0o666)
    if number < 0 { throw failure(.open) }
  }

  func close() { _ = Glibc.close(number) }

  /// The error of the system call that just failed.
  func failure(_ operation: TensorFileError.FileOperation) -> TensorFileError {
    .system(operation, path: path, code: errno)
  }

  /// Appends what one call reads; 0 at the end of the file.
  func read(into bytes: inout [UInt8], atMost room: Int) throws(TensorFileError) -> Int {
    var count = -1
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, initialized in
      repeat {
        // SAFETY: the buffer has `room` bytes; exactly those that read(2) wrote are kept.
        count = unsafe Glibc.read(number, buffer.baseAddress, room)
      } while count < 0 && errno == EINTR
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw failure(.read) }
    if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
    return count
  }

  func write(_ bytes: [UInt8]) throws(TensorFileError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        // SAFETY: `written` is less than the count, so the rest of the buffer is not empty.
        unsafe Glibc.write(
          number, buffer.baseAddress.map { unsafe $0 + written }, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(.write) }
      written += count
    }
  }
}
