// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

@Suite struct FilterTests {
  /// One axis of a transposed convolution.
  struct Axis {
    var output: Int
    var kernel: Int
    var stride = 1
    var dilation = 1
    var pad = 0

    /// The phases that have an output position.
    var phases: Range<Int> { 0..<min(output, stride) }

    /// For each tap of a phase that of the kernel, by what they read: `nil` where it has none.
    func taps(_ phase: Int) -> [Int?] {
      // Input positions that output position `phase` reads, by kernel tap.
      var reads: [Int: Int] = [:]
      for tap in 0..<kernel where (phase + pad - tap * dilation) % stride == 0 {
        reads[(phase + pad - tap * dilation) / stride] = tap
      }
      // From the first that any tap may read to the last, as uk_tconv.h has it.
      let back = phase + pad
      let front = back - (kernel - 1) * dilation
      let last = back / stride
      var first = Int((Double(front) / Double(stride)).rounded(.up))
      first = min(first, last, 0)
      return (first...last).map { reads[$0] }
    }
  }

  /// Whole panels and what is left of them on both sides, phases without a tap, dilation.
  @Test(arguments: [(1, 1), (16, 16), (19, 35), (32, 5), (3, 48), (40, 17)])
  func turnedFilters(_ channels: (outputs: Int, inputs: Int)) {
    let windows: [(Axis, Axis)] = [
      (Axis(output: 7, kernel: 3, pad: 1), Axis(output: 6, kernel: 3, pad: 1)),
      (
        Axis(output: 8, kernel: 3, stride: 2, pad: 1), Axis(output: 9, kernel: 4, stride: 2, pad: 1)
      ),
      (Axis(output: 5, kernel: 1, stride: 2), Axis(output: 4, kernel: 1, stride: 3)),
      (
        Axis(output: 11, kernel: 3, stride: 3, dilation: 2, pad: 2),
        Axis(output: 14, kernel: 2, stride: 2, dilation: 3)
      ),
      (Axis(output: 2, kernel: 2, stride: 4, pad: 7), Axis(output: 1, kernel: 5, pad: 3)),
    ]
    for (rows, columns) in windows { check(rows, columns, channels) }
  }

  private func check(_ rows: Axis, _ columns: Axis, _ channels: (outputs: Int, inputs: Int)) {
    let (outputs, inputs) = channels
    let taps = rows.kernel * columns.kernel
    var random = SplitMix64(seed: 31)
    let weights = random.floats((outputs + 15) / 16 * 16 * taps * inputs)
    var expected: [Float] = []
    for (i, j) in rows.phases.flatMap({ i in columns.phases.map { (i, $0) } }) {
      for panel in 0..<(inputs + 15) / 16 {
        for (y, x) in rows.taps(i).flatMap({ y in columns.taps(j).map { (y, $0) } }) {
          for (output, lane) in (0..<outputs).flatMap({ o in (0..<16).map { (o, $0) } }) {
            guard let y, let x, case let input = panel * 16 + lane, input < inputs else {
              expected.append(0)
              continue
            }
            let tap = y * columns.kernel + x
            let row = (output / 16 * taps + tap) * inputs + input
            expected.append(weights[row * 16 + output % 16])
          }
        }
      }
    }
    KernelCase(
      contract: .UK_CONTRACT_f32_turn_filters,
      parameters: bytes(
        of: uk_window(
          batch: 1, in_height: 1, in_width: 1, in_channels: UInt32(outputs),
          out_height: UInt32(rows.output), out_width: UInt32(columns.output),
          out_channels: UInt32(inputs), kernel_height: UInt32(rows.kernel),
          kernel_width: UInt32(columns.kernel), stride_height: UInt32(rows.stride),
          stride_width: UInt32(columns.stride), dilation_height: UInt32(rows.dilation),
          dilation_width: UInt32(columns.dilation), pad_top: UInt32(rows.pad),
          pad_left: UInt32(columns.pad), reserved: 0)),
      inputs: [KernelOperand(weights)], rows: expected.count / (16 * outputs), expected: expected
    ).check()
  }
}
