// SPDX-License-Identifier: Apache-2.0

/// One entry point: 32 bytes.
package struct EntryPointRecord: Equatable, Sendable {
  package static let byteCount = 32

  /// Byte offset of the NUL-terminated name in the names section.
  package var name: UInt32
  package var firstStep: UInt32
  package var stepCount: UInt32
  /// Index in the ports section (an array of 32-bit tensor indices): inputs, then outputs.
  package var firstPort: UInt32
  package var inputCount: UInt32
  package var outputCount: UInt32

  package init(
    name: UInt32, firstStep: UInt32, stepCount: UInt32, firstPort: UInt32, inputCount: UInt32,
    outputCount: UInt32
  ) {
    self.name = name
    self.firstStep = firstStep
    self.stepCount = stepCount
    self.firstPort = firstPort
    self.inputCount = inputCount
    self.outputCount = outputCount
  }

  package func append(to output: inout [UInt8]) {
    for field in [name, firstStep, stepCount, firstPort, inputCount, outputCount] {
      output.append(littleEndian: field)
    }
    output.append(zeros: 8)
  }

  /// Reads a record, or `nil` when the bytes are too few or a reserved byte is not 0.
  package init?(decoding input: Span<UInt8>) {
    guard input.count >= Self.byteCount, input.isZero(24..<32) else { return nil }
    name = input.uint32(at: 0)
    firstStep = input.uint32(at: 4)
    stepCount = input.uint32(at: 8)
    firstPort = input.uint32(at: 12)
    inputCount = input.uint32(at: 16)
    outputCount = input.uint32(at: 20)
  }
}
