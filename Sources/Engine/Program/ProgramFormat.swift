// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The numbers of the program file format; `docs/program-format.md` says what they mean.
package enum ProgramFormat {
  /// The first eight bytes of every program: `THIMBLE` and a zero.
  package static let magic: UInt64 = 0x00_45_4C_42_4D_49_48_54
  package static let majorVersion: UInt16 = 1
  package static let minorVersion: UInt16 = 0

  /// Alignment of sections, constants and arena tensors, in bytes: a cache line and an AVX-512
  /// register.
  package static let alignment = 64

  /// The value of an index field that names nothing.
  package static let none: UInt32 = .max

  /// The most axes a stored tensor has.
  package static let maximumRank = 8

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
}

/// The fixed head of a program file.
package struct ProgramHeader: Equatable, Sendable {
  package static let byteCount = 80

  package var majorVersion = ProgramFormat.majorVersion
  package var minorVersion = ProgramFormat.minorVersion
  package var fileBytes: UInt64 = 0
  /// XXH64, seed 0, of the whole file with this field zero.
  package var checksum: UInt64 = 0
  /// `FloatClass` of the float32 contracts: 1 fma, 2 muladd.
  package var floatClass: UInt32 = 0
  package var sectionCount: UInt32 = 0
  package var arenaBytes: UInt64 = 0
  package var stateBytes: UInt64 = 0
  /// Scratch that each thread of a run needs.
  package var scratchBytesPerThread: UInt64 = 0

  package init() {}
}

/// One entry of the section table, right behind the header.
package struct SectionRecord: Equatable, Sendable {
  package static let byteCount = 24

  package var kind: UInt32
  /// From the start of the file; a multiple of 64.
  package var offset: UInt64
  package var byteCount: UInt64
}

/// One tensor: 64 bytes.
package struct TensorRecord: Equatable, Sendable {
  package static let byteCount = 64

  package var dtype: UInt8
  package var rank: UInt8
  package var storage: UInt8
  /// Byte offset of the NUL-terminated name in the names section.
  package var name: UInt32
  package var offset: UInt64
  package var bytes: UInt64
  /// The first `rank` extents; the others are 0.
  package var extents: [UInt32]
  /// Per-tensor quantisation; scale 0 means none.
  package var scale: Float
  package var zeroPoint: Int32
}

/// One entry point: 32 bytes.
package struct EntryPointRecord: Equatable, Sendable {
  package static let byteCount = 32

  package var name: UInt32
  package var firstStep: UInt32
  package var stepCount: UInt32
  /// Index in the ports section (an array of tensor indices): inputs, then outputs.
  package var firstPort: UInt32
  package var inputCount: UInt32
  package var outputCount: UInt32
}

/// One step: 64 bytes.
package struct StepRecord: Equatable, Sendable {
  package static let byteCount = 64

  package var contract: UInt16
  package var operandCount: UInt16
  /// Tensor indices: always eight, the unused ones `ProgramFormat.none`; the last used is written.
  package var operands: [UInt32]
  /// Byte offset in the parameters section; a multiple of 16.
  package var parameterOffset: UInt32
  package var parameterBytes: UInt32
  /// The row range, and how many rows one thread takes at a time.
  package var rows: UInt32
  package var rowsPerChunk: UInt32
  /// State scalar that bounds a run-time extent, or `ProgramFormat.none`; see the format's
  /// "bounded extents".
  package var boundTensor: UInt32
  /// Byte offset of the node's name.
  package var name: UInt32
  package var macs: UInt32
}

/// What the compiler knew of memory: 48 bytes.
package struct MemoryReportRecord: Equatable, Sendable {
  package static let byteCount = 48

  /// The largest sum of live bytes at one step.
  package var lowerBoundBytes: UInt64
  /// What the arena would be if no bytes were shared.
  package var naiveBytes: UInt64
  /// The step at which `lowerBoundBytes` is reached.
  package var peakStep: UInt32
  /// Multiply-accumulates of one run.
  package var macs: UInt64
}
