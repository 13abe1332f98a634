// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// Input and output buffers: the session's own, or bound by the caller.
///
/// Buffers that the caller binds must not overlap each other or the arena, and must live until they
/// are replaced or the session is gone. Nothing here takes memory but `outputBytes` and
/// `bytes(ofTensor:)`.
extension Session {
  /// Reads an input from the caller's memory from now on; it is never written.
  ///
  /// - Throws: `SessionError` when there is no such input, or the buffer's size or alignment is
  ///   wrong.
  public func bindInput(_ index: Int, to buffer: UnsafeRawBufferPointer) throws(SessionError) {
    let port = try port(ofInput: index)
    // SAFETY: mutable in type only; the verifier refuses steps that write an input.
    let mutable = unsafe UnsafeMutableRawBufferPointer(mutating: buffer)
    unsafe try setBuffer(checked(mutable, forPort: port), ofPort: port)
  }

  /// Writes an output to the caller's memory from now on.
  ///
  /// - Throws: `SessionError` as `bindInput`.
  public func bindOutput(
    _ index: Int, to buffer: UnsafeMutableRawBufferPointer
  ) throws(SessionError) {
    let port = try port(ofOutput: index)
    unsafe try setBuffer(checked(buffer, forPort: port), ofPort: port)
  }

  /// The session's own buffer of an input, to be filled in place.
  ///
  /// - Throws: `SessionError` when there is no such input, or the session owns no buffers.
  public func inputBuffer(_ index: Int) throws(SessionError) -> UnsafeMutableRawBufferPointer {
    unsafe try ownBuffer(ofPort: port(ofInput: index))
  }

  /// The session's own buffer of an output.
  ///
  /// - Throws: `SessionError` as `inputBuffer`.
  public func outputBuffer(_ index: Int) throws(SessionError) -> UnsafeRawBufferPointer {
    unsafe try UnsafeRawBufferPointer(ownBuffer(ofPort: port(ofOutput: index)))
  }

  /// Copies elements into the session's own buffer of an input.
  ///
  /// - Throws: `SessionError`, also when the elements do not fill the input exactly.
  public func setInput<Element: BitwiseCopyable>(
    _ index: Int, to elements: [Element]
  ) throws(SessionError) {
    let buffer = unsafe try inputBuffer(index)
    let byteCount = elements.count * MemoryLayout<Element>.stride
    guard byteCount == buffer.count else {
      throw .wrongBufferSize(needed: buffer.count, given: byteCount)
    }
    unsafe elements.withUnsafeBytes { bytes in
      // SAFETY: the sizes are equal and the array is no part of the session.
      unsafe buffer.copyMemory(from: bytes)
    }
  }

  /// Copies an output's elements into an array, which keeps its memory.
  ///
  /// - Throws: `SessionError`, also when the array has not exactly as many elements.
  public func copyOutput<Element: BitwiseCopyable>(
    _ index: Int, to elements: inout [Element]
  ) throws(SessionError) {
    let buffer = unsafe try outputBuffer(index)
    let byteCount = elements.count * MemoryLayout<Element>.stride
    guard byteCount == buffer.count else {
      throw .wrongBufferSize(needed: buffer.count, given: byteCount)
    }
    unsafe elements.withUnsafeMutableBytes { bytes in
      // SAFETY: the sizes are equal and the array is no part of the session.
      unsafe bytes.copyMemory(from: buffer)
    }
  }

  /// A copy of what an output's buffer holds, the session's own or the caller's.
  ///
  /// - Throws: `SessionError` when there is no such output or it has no buffer.
  public func outputBytes(_ index: Int) throws(SessionError) -> [UInt8] {
    let port = try port(ofOutput: index)
    guard let bytes = bytes(ofTensor: tensor(ofPort: port)) else { throw .noOwnBuffer }
    return bytes
  }

  /// A copy of a tensor's bytes as they are now; `nil` for a port without buffer.
  package func bytes(ofTensor index: Int) -> [UInt8]? {
    let record = program.tensor(index)
    // SAFETY: a verified tensor lies inside its storage; bound buffers have the port's size.
    guard let start = unsafe address(ofTensor: index) else { return nil }
    return unsafe Array(UnsafeBufferPointer(start: start, count: Int(record.bytes)))
  }

  /// Replaces what a tensor holds, between steps: to try the rest on values from elsewhere.
  ///
  /// - Precondition: the tensor is no constant, has a buffer when it is a port, and as many bytes.
  package func setBytes(ofTensor index: Int, to bytes: [UInt8]) {
    let record = program.tensor(index)
    precondition(
      record.storage != ProgramFormat.Storage.constant.rawValue && Int(record.bytes) == bytes.count,
      "the bytes must fit a tensor that may change")
    guard let start = unsafe address(ofTensor: index) else {
      preconditionFailure("a port has a buffer")
    }
    // SAFETY: what is no constant is the session's or the caller's to write, and of this size.
    unsafe UnsafeMutablePointer(mutating: start).update(from: bytes, count: bytes.count)
  }

  // MARK: - Checks

  private func address(ofTensor index: Int) -> UnsafePointer<UInt8>? {
    for port in 0..<portCount where tensor(ofPort: port) == index {
      return unsafe buffer(ofPort: port).map {
        unsafe UnsafePointer($0.assumingMemoryBound(to: UInt8.self))
      }
    }
    return unsafe address(of: program.tensor(index)).map { unsafe UnsafePointer($0) }
  }

  private func port(ofInput index: Int) throws(SessionError) -> Int {
    guard index >= 0, index < entry.inputCount else { throw .noSuchPort(index: index) }
    return index
  }

  private func port(ofOutput index: Int) throws(SessionError) -> Int {
    guard index >= 0, index < entry.outputCount else { throw .noSuchPort(index: index) }
    return Int(entry.inputCount) + index
  }

  private func checked(
    _ buffer: UnsafeMutableRawBufferPointer, forPort port: Int
  ) throws(SessionError) -> UnsafeMutableRawPointer {
    let needed = byteCount(ofPort: port)
    guard buffer.count == needed, let start = buffer.baseAddress else {
      throw .wrongBufferSize(needed: needed, given: buffer.count)
    }
    let dtype = program.tables.dtype(ofTensor: tensor(ofPort: port))
    let alignment = dtype?.byteCount ?? 1
    guard UInt(bitPattern: start) % UInt(alignment) == 0 else { throw .misalignedBuffer }
    return unsafe start
  }

  /// The session's own buffer of a port, which the port goes back to.
  private func ownBuffer(
    ofPort port: Int
  ) throws(SessionError) -> UnsafeMutableRawBufferPointer {
    guard !layout.buffers.isEmpty else { throw .noOwnBuffer }
    // SAFETY: the layout reserved room for all ports, one behind the other.
    let start = unsafe block + ownBufferOffset(ofPort: port)
    if unsafe buffer(ofPort: port) != start { unsafe setBuffer(start, ofPort: port) }
    return unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount(ofPort: port))
  }
}
