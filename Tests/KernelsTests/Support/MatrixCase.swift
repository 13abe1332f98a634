// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Random data for one matrix problem, and the bits that every kernel of the contract must give.
struct MatrixCase {
  let problem: MatrixProblem
  let isInPlace: Bool
  /// Whether the last operand before the output is a residual.
  let hasResidual: Bool
  private let parameters: MatrixParameters
  private let data: MatrixData

  init(
    _ problem: MatrixProblem, _ arithmetic: MatrixArithmetic, isInPlace: Bool,
    hasResidual: Bool = false, random: inout SplitMix64
  ) {
    self.problem = problem
    self.isInPlace = isInPlace
    self.hasResidual = hasResidual
    var data = MatrixData(problem, arithmetic, random: &random)
    if hasResidual { data.addResidual(random: &random) }
    self.data = data
    parameters = MatrixParameters(problem, data, isInPlace: isInPlace)
  }

  /// The extent of the kernel's row range.
  var rows: Int { isInPlace ? (problem.columns + 15) / 16 : problem.rangeCount }

  /// Whether a kernel that runs over the given row ranges gets every bit right and, in place,
  /// leaves the input past the output as it was.
  ///
  /// With `onResidual` the output lies on the residual.
  func passes(
    _ kernel: uk_kernel_info, _ placement: GuardedBuffer.Placement, over ranges: [Range<Int>],
    onResidual: Bool = false
  ) -> Bool {
    let inputs = data.operands.map { GuardedBuffer($0, placement: placement) }
    let outputCount = data.expected.count
    let output =
      isInPlace
      ? inputs[0]
      : onResidual
        ? inputs[inputs.count - 1] : GuardedBuffer(count: outputCount, placement: placement)
    call(kernel, wholeOperands(inputs) + [outputOperand(output)], over: ranges)
    return data.isExpected(Array(output.bytes[..<outputCount]))
      && (!isInPlace
        || output.bytes[outputCount...].elementsEqual(data.operands[0][outputCount...]))
  }

  /// As `passes`, one output row at a time, with no more input rows in memory than a window spans
  /// and a ring of two output rows.
  func passesStreamed(_ kernel: uk_kernel_info, _ window: uk_window) -> Bool {
    let ringRows = window.kernelReach.height + 1
    let (xRow, yRow) = (inputRowBytes, data.expected.count / rows)
    let x = GuardedBuffer(count: ringRows * xRow, placement: .beforeGuard)
    let y = GuardedBuffer(count: 2 * yRow, placement: .beforeGuard)
    var operands = wholeOperands(
      data.operands.map { GuardedBuffer($0, placement: .beforeGuard) })
    operands[0] = (x, uk_rows(x, rowBytes: xRow))
    operands.append((y, uk_rows(y, rowBytes: yRow)))
    var loaded = 0
    var result: [UInt8] = []
    for row in 0..<rows {
      let top = row * Int(window.stride_height) - Int(window.pad_top)
      while loaded < min(Int(window.in_height), top + ringRows) {
        let slot = x.bytes[loaded % ringRows * xRow..<(loaded % ringRows + 1) * xRow]
        slot.indices.forEach {
          x.bytes[$0] = data.operands[0][loaded * xRow + $0 - slot.startIndex]
        }
        loaded += 1
      }
      call(kernel, operands, over: [row..<row + 1])
      result += y.bytes[row % 2 * yRow..<(row % 2 + 1) * yRow]
    }
    return data.isExpected(result)
  }

  private typealias Operand = (buffer: GuardedBuffer, rows: uk_rows)

  private func call(_ kernel: uk_kernel_info, _ operands: [Operand], over ranges: [Range<Int>]) {
    let block = GuardedBuffer(parameters.bytes, placement: .beforeGuard)
    let scratchCount = (parameters.scratchCount + 63) / 64 * 64
    let scratch = GuardedBuffer(count: scratchCount, placement: .beforeGuard, filler: 0x5A)
    guard let address = block.bytes.baseAddress else { return }
    let none = uk_rows()
    var arguments = uk_arguments(
      operands: (none, none, none, none, none, none, none, none), parameters: address)
    withUnsafeMutableBytes(of: &arguments.operands) {
      let rows = $0.bindMemory(to: uk_rows.self)
      for (index, operand) in operands.enumerated() { rows[index] = operand.rows }
    }
    for range in ranges {
      kernel.function(
        &arguments, UInt32(range.lowerBound), UInt32(range.upperBound), scratch.bytes.baseAddress)
    }
    withExtendedLifetime((operands, block, scratch)) {}
  }

  /// Only the input image and the residual have rows; for the others they say nothing.
  private func wholeOperands(_ buffers: [GuardedBuffer]) -> [Operand] {
    var operands: [Operand] = buffers.map { ($0, uk_rows($0, rowBytes: inputRowBytes)) }
    if hasResidual, let residual = buffers.last {
      operands[operands.count - 1] = outputOperand(residual)
    }
    return operands
  }

  private func outputOperand(_ buffer: GuardedBuffer) -> Operand {
    (buffer, uk_rows(buffer, rowBytes: data.expected.count / problem.rowCount))
  }

  /// The bytes of one row of the input image.
  private var inputRowBytes: Int {
    switch problem {
    case .product: 0
    case .convolution(let w), .runs(let w), .depthwise(let w):
      w.inputRowElements * data.elementBytes
    }
  }
}
