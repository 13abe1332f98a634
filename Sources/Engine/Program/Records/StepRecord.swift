// SPDX-License-Identifier: Apache-2.0

/// One step: 80 bytes.
package struct StepRecord: Equatable, Sendable {
  package static let byteCount = 80

  /// A contract id of `ukernels.inc`.
  package var contract: UInt16
  /// Tensor indices, at most eight; the last one is written.
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
  /// Byte offset of the node's NUL-terminated name in the names section.
  package var name: UInt32
  /// Byte offset of the name of the node's operator, for reports.
  ///
  /// 0, the program's own name, when not stated.
  package var operation: UInt32
  /// Multiply-accumulates of one run, for reports.
  package var macs: UInt64

  package init(
    contract: UInt16, operands: [UInt32], parameterOffset: UInt32, parameterBytes: UInt32,
    rows: UInt32, rowsPerChunk: UInt32, boundTensor: UInt32 = ProgramFormat.none, name: UInt32,
    operation: UInt32 = 0, macs: UInt64
  ) {
    self.contract = contract
    self.operands = operands
    self.parameterOffset = parameterOffset
    self.parameterBytes = parameterBytes
    self.rows = rows
    self.rowsPerChunk = rowsPerChunk
    self.boundTensor = boundTensor
    self.name = name
    self.operation = operation
    self.macs = macs
  }

  /// Writes the record.
  ///
  /// - Precondition: at most eight operands.
  package func append(to output: inout [UInt8]) {
    precondition(operands.count <= ProgramFormat.operandFields, "too many operands")
    output.append(littleEndian: contract)
    output.append(littleEndian: UInt16(operands.count))
    for operand in operands { output.append(littleEndian: operand) }
    for _ in operands.count..<ProgramFormat.operandFields {
      output.append(littleEndian: ProgramFormat.none)
    }
    for field in [
      parameterOffset, parameterBytes, rows, rowsPerChunk, boundTensor, name, operation,
    ] {
      output.append(littleEndian: field)
    }
    output.append(littleEndian: macs)
    output.append(zeros: 8)
  }

  /// Reads a record, or `nil` when the bytes are too few, the operands too many, an unused operand
  /// is not `none` or a reserved byte is not 0.
  package init?(decoding input: Span<UInt8>) {
    guard input.count >= Self.byteCount, input.isZero(72..<80)
    else { return nil }
    let count = Int(input.uint16(at: 2))
    guard count <= ProgramFormat.operandFields else { return nil }
    contract = input.uint16(at: 0)
    operands = []
    operands.reserveCapacity(count)
    for index in 0..<ProgramFormat.operandFields {
      let operand = input.uint32(at: 4 + 4 * index)
      if index < count {
        operands.append(operand)
      } else if operand != ProgramFormat.none {
        return nil
      }
    }
    parameterOffset = input.uint32(at: 36)
    parameterBytes = input.uint32(at: 40)
    rows = input.uint32(at: 44)
    rowsPerChunk = input.uint32(at: 48)
    boundTensor = input.uint32(at: 52)
    name = input.uint32(at: 56)
    operation = input.uint32(at: 60)
    macs = input.uint64(at: 64)
  }
}
