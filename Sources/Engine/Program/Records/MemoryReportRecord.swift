// SPDX-License-Identifier: Apache-2.0

/// What the compiler knew of memory: 48 bytes.
package struct MemoryReportRecord: Equatable, Sendable {
  package static let byteCount = 48

  /// The largest sum of live bytes at one step.
  package var lowerBoundBytes: UInt64
  /// What the arena would be if no bytes were shared.
  package var naiveBytes: UInt64
  /// Multiply-accumulates of one run.
  package var macs: UInt64
  /// The step at which `lowerBoundBytes` is reached.
  package var peakStep: UInt32

  package init(lowerBoundBytes: UInt64, naiveBytes: UInt64, macs: UInt64, peakStep: UInt32) {
    self.lowerBoundBytes = lowerBoundBytes
    self.naiveBytes = naiveBytes
    self.macs = macs
    self.peakStep = peakStep
  }

  package func append(to output: inout [UInt8]) {
    output.append(littleEndian: lowerBoundBytes)
    output.append(littleEndian: naiveBytes)
    output.append(littleEndian: macs)
    output.append(littleEndian: peakStep)
    output.append(zeros: 20)
  }

  /// Reads a record, or `nil` when the bytes are too few or a reserved byte is not 0.
  package init?(decoding input: Span<UInt8>) {
    guard input.count >= Self.byteCount, input.isZero(28..<48) else { return nil }
    lowerBoundBytes = input.uint64(at: 0)
    naiveBytes = input.uint64(at: 8)
    macs = input.uint64(at: 16)
    peakStep = input.uint32(at: 24)
  }
}
