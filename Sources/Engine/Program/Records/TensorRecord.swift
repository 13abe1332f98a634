// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// One tensor: 64 bytes.
package struct TensorRecord: Equatable, Sendable {
  package static let byteCount = 64

  /// A `DType`.
  package var dtype: UInt8
  /// A `ProgramFormat.Storage`.
  package var storage: UInt8
  /// Byte offset of the NUL-terminated name in the names section.
  package var name: UInt32
  package var offset: UInt64
  package var bytes: UInt64
  /// Outermost first, at most eight.
  package var extents: [UInt32]
  /// Per-tensor quantisation; scale 0 means none.
  package var scale: Float
  package var zeroPoint: Int32

  package init(
    dtype: DType, storage: ProgramFormat.Storage, name: UInt32, offset: UInt64, bytes: UInt64,
    extents: [UInt32], scale: Float = 0, zeroPoint: Int32 = 0
  ) {
    self.dtype = dtype.rawValue
    self.storage = storage.rawValue
    self.name = name
    self.offset = offset
    self.bytes = bytes
    self.extents = extents
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// Writes the record.
  ///
  /// - Precondition: at most eight extents.
  package func append(to output: inout [UInt8]) {
    precondition(extents.count <= ProgramFormat.maximumRank, "rank too large for the format")
    output.append(dtype)
    output.append(UInt8(extents.count))
    output.append(storage)
    output.append(0)
    output.append(littleEndian: name)
    output.append(littleEndian: offset)
    output.append(littleEndian: bytes)
    for extent in extents { output.append(littleEndian: extent) }
    output.append(zeros: 4 * (ProgramFormat.maximumRank - extents.count))
    output.append(littleEndian: scale.bitPattern)
    output.append(littleEndian: UInt32(bitPattern: zeroPoint))
  }

  /// Reads a record, or `nil` when the bytes are too few, the rank too large, or a reserved byte or
  /// an unused extent is not 0.
  package init?(decoding input: Span<UInt8>) {
    guard input.count >= Self.byteCount, input[3] == 0 else { return nil }
    let rank = Int(input[1])
    guard rank <= ProgramFormat.maximumRank, input.isZero(24 + 4 * rank..<56) else { return nil }
    dtype = input[0]
    storage = input[2]
    name = input.uint32(at: 4)
    offset = input.uint64(at: 8)
    bytes = input.uint64(at: 16)
    extents = []
    extents.reserveCapacity(rank)
    for axis in 0..<rank { extents.append(input.uint32(at: 24 + 4 * axis)) }
    scale = Float(bitPattern: input.uint32(at: 56))
    zeroPoint = Int32(bitPattern: input.uint32(at: 60))
  }
}
