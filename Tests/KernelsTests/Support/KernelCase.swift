// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// One operand of a kernel call.
struct KernelOperand {
  var contents: [UInt8]
  /// Bytes from row to row; 0 where the contract does not address rows.
  var rowBytes = 0
  /// Rows held, when fewer than all of them.
  var ringRows: Int?

  init(_ contents: [UInt8], rowBytes: Int = 0, ringRows: Int? = nil) {
    self.contents = contents
    self.rowBytes = rowBytes
    self.ringRows = ringRows
  }

  init<T: BitwiseCopyable>(_ values: [T], rowBytes: Int = 0, ringRows: Int? = nil) {
    self.init(bytes(of: values), rowBytes: rowBytes, ringRows: ringRows)
  }
}

/// A kernel call with its right answer.
///
/// The output is contiguous; row r of it is the r-th of `rows` equal parts, if `hasEqualRows`.
struct KernelCase<Element: BitwiseCopyable> {
  let contract: uk_contract
  let parameters: [UInt8]
  let inputs: [KernelOperand]
  let rows: Int
  let expected: [Element]
  /// Set where the contract addresses the rows of its output.
  var outputHasRows = false
  /// Cleared where what a row writes is no such part.
  var hasEqualRows = true
  /// An input whose bytes the output may take.
  var overwritableInput: Int?
  /// What the contract asks of scratch.
  var scratchBytes = 0

  /// Runs every kernel of the contract that this CPU has: all rows at once and in unequal pieces,
  /// with every operand flush against an inaccessible page at either end, and in place.
  func check(sourceLocation: SourceLocation = #_sourceLocation) {
    let kernels = runnableKernels(of: contract) + emulatedKernels(of: contract)
    #expect(!kernels.isEmpty, sourceLocation: sourceLocation)
    for kernel in kernels {
      let name = String(cString: kernel.symbol)
      for placement in GuardedBuffer.Placement.allCases {
        compare(run(kernel, placement, ranges: [0..<rows]), name, sourceLocation)
        let parts = run(kernel, placement, ranges: pieces)
        compare(parts, "\(name) in pieces", sourceLocation)
      }
      if let input = overwritableInput {
        let inPlace = run(kernel, .beforeGuard, ranges: pieces, onto: input)
        compare(inPlace, "\(name) in place", sourceLocation)
      }
      checkMiddle(of: kernel, name, sourceLocation)
    }
  }

  /// Row ranges that cover all rows, out of order, one of them empty.
  private var pieces: [Range<Int>] { [rows / 3..<rows, 0..<0, 0..<rows / 3] }

  /// A range in the middle leaves all other rows as they were.
  private func checkMiddle(of kernel: uk_kernel_info, _ name: String, _ location: SourceLocation) {
    guard rows > 2, hasEqualRows else { return }
    let rowBytes = bytes(of: expected).count / rows
    let output = run(kernel, .afterGuard, ranges: [1..<rows - 1])
    let untouched = [UInt8](repeating: 0xA5, count: rowBytes)
    #expect(Array(output.prefix(rowBytes)) == untouched, "\(name)", sourceLocation: location)
    #expect(Array(output.suffix(rowBytes)) == untouched, "\(name)", sourceLocation: location)
  }

  private func run(
    _ kernel: uk_kernel_info, _ placement: GuardedBuffer.Placement, ranges: [Range<Int>],
    onto input: Int? = nil
  ) -> [UInt8] {
    let buffers = inputs.map { GuardedBuffer($0.contents, placement: placement) }
    let outputBytes = bytes(of: expected).count
    let output =
      input.map { buffers[$0] } ?? GuardedBuffer(count: outputBytes, placement: placement)
    let parameterBuffer = GuardedBuffer(parameters, placement: .beforeGuard)
    guard let parameterAddress = parameterBuffer.bytes.baseAddress else { return [] }
    var arguments = uk_arguments(parameters: UnsafeRawPointer(parameterAddress))
    withUnsafeMutableBytes(of: &arguments.operands) { raw in
      let operands = raw.bindMemory(to: uk_rows.self)
      for (index, input) in inputs.enumerated() {
        operands[index] = uk_rows(
          buffers[index], rowBytes: input.rowBytes, ringRows: input.ringRows)
      }
      operands[inputs.count] = uk_rows(output, rowBytes: outputHasRows ? outputBytes / rows : 0)
    }
    let scratch = GuardedBuffer(
      count: (scratchBytes + 63) / 64 * 64, placement: .beforeGuard, filler: 0x5A)
    for range in ranges {
      kernel.function(
        &arguments, UInt32(range.lowerBound), UInt32(range.upperBound), scratch.bytes.baseAddress)
    }
    withExtendedLifetime((buffers, parameterBuffer, scratch)) {}
    return Array(output.bytes)
  }

  private func compare(_ output: [UInt8], _ name: String, _ location: SourceLocation) {
    let values = output.withUnsafeBytes { Array($0.bindMemory(to: Element.self)) }
    guard let index = values.indices.first(where: { !isSame(values[$0], expected[$0]) }) else {
      return
    }
    Issue.record(
      "\(name): element \(index) of \(values.count) is \(values[index]), not \(expected[index])",
      sourceLocation: location)
  }
}

/// Bit for bit; of NaN neither sign nor payload is promised.
private func isSame<Element: BitwiseCopyable>(_ a: Element, _ b: Element) -> Bool {
  if let a = a as? Float, let b = b as? Float {
    return a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
  }
  return bytes(of: a) == bytes(of: b)
}

extension uk_rows {
  /// An operand in a buffer; rows are found by number when `rowBytes` is not 0.
  init(_ buffer: GuardedBuffer, rowBytes: Int, ringRows: Int? = nil) {
    let held = rowBytes == 0 ? 0 : ringRows ?? buffer.bytes.count / rowBytes
    self.init(
      data: buffer.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
      row_bytes: UInt32(rowBytes), ring_rows: UInt32(held))
  }
}

extension uk_arguments {
  /// Arguments without operands yet.
  init(parameters: UnsafeRawPointer) {
    let none = uk_rows(data: nil, row_bytes: 0, ring_rows: 0)
    self.init(
      operands: (none, none, none, none, none, none, none, none), parameters: parameters)
  }
}

/// Runs a kernel of one input over all rows and returns the bytes of its output's ring.
func runOnRing(
  _ kernel: uk_kernel_info, parameters: [UInt8], input: KernelOperand, output: KernelOperand,
  rows: Int
) -> [UInt8] {
  let x = GuardedBuffer(input.contents, placement: .beforeGuard)
  let y = GuardedBuffer(output.contents, placement: .beforeGuard)
  let parameterBuffer = GuardedBuffer(parameters, placement: .beforeGuard)
  guard let address = parameterBuffer.bytes.baseAddress else { return [] }
  var arguments = uk_arguments(parameters: UnsafeRawPointer(address))
  arguments.operands.0 = uk_rows(x, rowBytes: input.rowBytes, ringRows: input.ringRows)
  arguments.operands.1 = uk_rows(y, rowBytes: output.rowBytes, ringRows: output.ringRows)
  kernel.function(&arguments, 0, UInt32(rows), nil)
  withExtendedLifetime((x, parameterBuffer)) {}
  return Array(y.bytes)
}
