// SPDX-License-Identifier: Apache-2.0
import CPlatform

/// The bytes of a program file, read-only, from load until the last user is gone.
///
/// Sendable because nothing writes the bytes. Of mapped and borrowed memory that is the caller's
/// promise: a file that changes while it is mapped, or memory that changes while it is borrowed,
/// voids what the verifier found.
@safe final class ProgramMemory: @unchecked Sendable {
  private enum Owner {
    case mapping
    case allocation
    case caller
  }

  private let owner: Owner
  let base: UnsafeRawPointer?
  let byteCount: Int

  /// Maps a file.
  init(mapping path: String) throws(ProgramError) {
    var data: UnsafeRawPointer?
    var count = 0
    // SAFETY: the path is NUL-terminated for the call; the results are variables of this scope.
    let error = unsafe path.withCString { unsafe cp_map_file($0, &data, &count) }
    guard error == 0 else { throw .cannotRead(errno: error) }
    owner = .mapping
    unsafe base = data
    byteCount = count
  }

  /// Reads a file into memory of its own.
  init(reading path: String) throws(ProgramError) {
    var data: UnsafeMutableRawPointer?
    var count = 0
    // SAFETY: as above.
    let error = unsafe path.withCString { unsafe cp_read_file($0, &data, &count) }
    guard error == 0 else { throw .cannotRead(errno: error) }
    owner = .allocation
    unsafe base = UnsafeRawPointer(data)
    byteCount = count
  }

  /// Copies bytes into memory of its own.
  init(copying bytes: UnsafeRawBufferPointer) throws(ProgramError) {
    guard let memory = unsafe cp_allocate(bytes.count) else {
      throw .outOfMemory(byteCount: bytes.count)
    }
    // SAFETY: both sides hold `bytes.count` bytes.
    unsafe UnsafeMutableRawBufferPointer(start: memory, count: bytes.count).copyMemory(from: bytes)
    owner = .allocation
    unsafe base = UnsafeRawPointer(memory)
    byteCount = bytes.count
  }

  /// Uses the caller's memory, which must start at a multiple of 64 and outlive this object.
  init(borrowing bytes: UnsafeRawBufferPointer) throws(ProgramError) {
    guard UInt(bitPattern: bytes.baseAddress) % UInt(ProgramFormat.alignment) == 0 else {
      throw .misaligned
    }
    owner = .caller
    unsafe base = bytes.baseAddress
    byteCount = bytes.count
  }

  deinit {
    switch owner {
    case .mapping: unsafe cp_unmap_file(base, byteCount)
    case .allocation: unsafe cp_free(UnsafeMutableRawPointer(mutating: base))
    case .caller: break
    }
  }

  /// The bytes.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `base` holds `byteCount` bytes that live as long as this object.
      let start = unsafe base?.assumingMemoryBound(to: UInt8.self)
      let buffer = unsafe UnsafeBufferPointer(start: start, count: byteCount)
      return unsafe _overrideLifetime(Span(_unsafeElements: buffer), borrowing: self)
    }
  }
}
