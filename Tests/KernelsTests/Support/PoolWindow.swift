// SPDX-License-Identifier: Apache-2.0
import CKernels

/// A pool's geometry by its output extents.
func poolWindow(
  batch: Int = 1, input: (Int, Int), channels: Int, kernel: (Int, Int), stride: (Int, Int),
  dilation: (Int, Int) = (1, 1), padding: (top: Int, left: Int) = (0, 0), output: (Int, Int)
) -> uk_window {
  uk_window(
    batch: UInt32(batch), in_height: UInt32(input.0), in_width: UInt32(input.1),
    in_channels: UInt32(channels), out_height: UInt32(output.0), out_width: UInt32(output.1),
    out_channels: UInt32(channels), kernel_height: UInt32(kernel.0),
    kernel_width: UInt32(kernel.1), stride_height: UInt32(stride.0),
    stride_width: UInt32(stride.1), dilation_height: UInt32(dilation.0),
    dilation_width: UInt32(dilation.1), pad_top: UInt32(padding.top),
    pad_left: UInt32(padding.left), reserved: 0)
}

/// Geometries with and without padding, overlap, gaps, dilation, and windows that hang out on every
/// side or lie outside altogether.
func poolWindows(channels: Int) -> [uk_window] {
  [
    poolWindow(
      batch: 2, input: (6, 6), channels: channels, kernel: (2, 2), stride: (2, 2), output: (3, 3)),
    poolWindow(
      batch: 2, input: (5, 4), channels: channels, kernel: (3, 3), stride: (1, 1),
      padding: (1, 1), output: (5, 4)),
    poolWindow(
      input: (7, 5), channels: channels, kernel: (3, 2), stride: (2, 3), padding: (1, 0),
      output: (4, 2)),
    poolWindow(
      input: (7, 7), channels: channels, kernel: (7, 7), stride: (1, 1), output: (1, 1)),
    poolWindow(
      input: (5, 5), channels: channels, kernel: (2, 3), stride: (1, 1), dilation: (2, 2),
      padding: (1, 2), output: (4, 5)),
    poolWindow(
      input: (2, 3), channels: channels, kernel: (1, 1), stride: (2, 2), padding: (2, 3),
      output: (4, 5)),
  ]
}

extension uk_window {
  var inputRows: Int { Int(batch * in_height) }
  var outputRows: Int { Int(batch * out_height) }
  var inputRowElements: Int { Int(in_width * in_channels) }

  /// The output, from the input indices of each element's taps inside the image, in kernel order.
  func mapTaps<T>(_ element: (_ taps: [Int]) -> T) -> [T] {
    var result: [T] = []
    for n in 0..<Int(batch) {
      for oy in 0..<Int(out_height) {
        for ox in 0..<Int(out_width) {
          for c in 0..<Int(in_channels) {
            result.append(element(taps(image: n, oy, ox, channel: c)))
          }
        }
      }
    }
    return result
  }

  private func taps(image n: Int, _ oy: Int, _ ox: Int, channel c: Int) -> [Int] {
    var taps: [Int] = []
    for ky in 0..<Int(kernel_height) {
      for kx in 0..<Int(kernel_width) {
        let y = oy * Int(stride_height) + ky * Int(dilation_height) - Int(pad_top)
        let x = ox * Int(stride_width) + kx * Int(dilation_width) - Int(pad_left)
        guard (0..<Int(in_height)).contains(y), (0..<Int(in_width)).contains(x) else { continue }
        taps.append(
          ((n * Int(in_height) + y) * Int(in_width) + x) * Int(in_channels) + c)
      }
    }
    return taps
  }

  /// What an average over `taps` divides by.
  func divisor(taps: [Int], countsPadding: Bool) -> Float {
    countsPadding ? Float(kernel_height * kernel_width) : Float(taps.count)
  }
}

/// A whole tensor whose rows repeat every `ring` rows, and the operand that holds one period.
///
/// What a kernel computes from the operand's ring, it must compute from the whole tensor too.
func ringOperand<T: BitwiseCopyable>(
  _ values: [T], rows: Int, ring: Int
) -> (whole: [T], operand: KernelOperand) {
  let row = values.count / rows
  let period = Array(values.prefix(ring * row))
  let whole = (0..<rows).flatMap { period[($0 % ring) * row..<($0 % ring + 1) * row] }
  let operand = KernelOperand(period, rowBytes: row * MemoryLayout<T>.size, ringRows: ring)
  return (whole, operand)
}
