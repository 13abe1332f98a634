// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// A loaded and verified program; immutable, and shared freely between threads.
///
/// Loading checks everything there is to check, so that running cannot fail. Tables and constants
/// are used where they are, in the mapped file or the given memory, and are not copied.
public final class Program: Sendable {
  let tables: ProgramTables
  package let header: ProgramHeader

  /// How a file comes into memory.
  public enum Loading: Sendable {
    /// Mapped: pages are read when first used and can be dropped. The file must not change.
    case mapped
    /// Read into memory of the program's own.
    case copied
  }

  /// Loads a program file.
  ///
  /// - Throws: `ProgramError` when the file cannot be read or is not a valid program.
  public convenience init(path: String, loading: Loading = .mapped) throws(ProgramError) {
    switch loading {
    case .mapped: try self.init(ProgramMemory(mapping: path))
    case .copied: try self.init(ProgramMemory(reading: path))
    }
  }

  /// Loads a program from a copy of its bytes.
  ///
  /// - Throws: `ProgramError` when the bytes are not a valid program.
  public convenience init(copying bytes: [UInt8]) throws(ProgramError) {
    var memory = Result<ProgramMemory, ProgramError>.failure(.notAProgram)
    unsafe bytes.withUnsafeBytes { buffer in
      // SAFETY: the array's storage, alive for the closure; it is copied.
      do throws(ProgramError) {
        memory = .success(unsafe try ProgramMemory(copying: buffer))
      } catch {
        memory = .failure(error)
      }
    }
    try self.init(memory.get())
  }

  /// Loads a program from a copy of memory.
  ///
  /// - Throws: `ProgramError` when the bytes are not a valid program.
  public convenience init(copying bytes: UnsafeRawBufferPointer) throws(ProgramError) {
    unsafe try self.init(ProgramMemory(copying: bytes))
  }

  /// Loads a program from memory that starts at a multiple of 64, does not change, and outlives the
  /// program and its sessions: from flash, or a file the caller has mapped.
  ///
  /// - Throws: `ProgramError.misaligned`, or as the other initialisers.
  public convenience init(borrowing bytes: UnsafeRawBufferPointer) throws(ProgramError) {
    unsafe try self.init(ProgramMemory(borrowing: bytes))
  }

  private init(_ memory: ProgramMemory) throws(ProgramError) {
    var reader = SectionReader(memory)
    tables = try reader.read()
    header = reader.header
    try ProgramVerifier(tables, header: header).verify()
  }
}
