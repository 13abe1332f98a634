// SPDX-License-Identifier: Apache-2.0

/// The numbers of the program file format; `docs/program-format.md` says what they mean.
package enum ProgramFormat {
  /// The first eight bytes of every program: `THIMBLE` and a zero.
  package static let magic: UInt64 = 0x00_45_4C_42_4D_49_48_54
  package static let majorVersion: UInt16 = 1
  package static let minorVersion: UInt16 = 0

  /// Alignment of sections, constants and arena tensors, in bytes: a cache line and an AVX-512
  /// register.
  package static let alignment = 64

  /// Alignment of a parameter block in the parameters section, in bytes.
  package static let parameterAlignment = 16

  /// The value of an index field that names nothing.
  package static let none: UInt32 = .max

  /// The most axes a stored tensor has.
  package static let maximumRank = 8

  /// The most entry points of a program, so that comparing their names stays cheap.
  package static let maximumEntryPoints = 64

  /// The operand fields of every step record, used or not.
  package static let operandFields = 8

  /// The parts of the file; the numbers are stored and never reused.
  package enum Section: UInt32, CaseIterable, Sendable {
    case tensors = 1
    case entryPoints = 2
    case ports = 3
    case steps = 4
    case parameters = 5
    case constants = 6
    case state = 7
    case names = 8
    case memoryReport = 9
  }

  /// Where a tensor's bytes are.
  package enum Storage: UInt8, Sendable {
    /// At `offset` of the arena.
    case arena = 1
    /// At `offset` of the constants section.
    case constant = 2
    /// At `offset` of the state block.
    case state = 3
    /// In a buffer that the caller binds; `offset` is 0.
    case input = 4
    /// In a buffer that the caller binds; `offset` is 0.
    case output = 5
  }

  /// The next multiple of the alignment at or above a byte count.
  package static func aligned(_ byteCount: Int) -> Int {
    (byteCount + alignment - 1) & ~(alignment - 1)
  }
}
