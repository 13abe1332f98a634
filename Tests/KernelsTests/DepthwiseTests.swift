// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Windows that have code of their own: those of 3×3 and 5×5 slide along rows, those of 3×3 two
/// rows at a time, over spans of channels; few channels of neighbouring pixels share a vector.
@Suite struct DepthwiseTests {
  /// Channels around every vector width, and so that spans of several widths meet.
  static let channels: [UInt32] = [
    1, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 63, 64, 65, 80, 100, 113,
  ]

  /// Output widths by kernel: rows that end within a step of the slide, or take more columns than
  /// are kept at a time.
  static let widths: [(kernel: UInt32, width: UInt32)] =
    (1...7).map { (3, $0) } + [1, 4, 6, 7, 8, 13].map { (5, $0) }

  /// Rows and columns of padding only, two rows that belong to two images, strides and dilations
  /// that slide and that do not.
  static func slidingWindows(_ channels: UInt32, seed: inout UInt64) -> [uk_window] {
    widths.map { kernel, width in
      seed += 1
      var random = SplitMix64(seed: seed)
      func pick(_ range: ClosedRange<UInt32>) -> UInt32 { .random(in: range, using: &random) }
      var w = uk_window()
      (w.in_channels, w.out_channels) = (channels, channels)
      (w.kernel_height, w.kernel_width) = (kernel, kernel)
      (w.batch, w.out_height, w.out_width) = (pick(1...2), pick(1...5), width)
      let strides: [(UInt32, UInt32)] = [(1, 1), (1, 1), (2, 2), (2, 1), (1, 2), (3, 3)]
      (w.stride_height, w.stride_width) = strides[Int(pick(0...5))]
      (w.dilation_height, w.dilation_width) = (pick(1...4) == 1 ? 2 : 1, max(1, pick(0...12) / 4))
      (w.pad_top, w.pad_left) = (pick(0...kernel / 2), pick(0...kernel / 2))
      if pick(1...4) == 1 { (w.pad_top, w.pad_left) = (pick(0...6), pick(0...6)) }
      let reach = w.kernelReach
      let bottom = Int((w.out_height - 1) * w.stride_height) + reach.height + 1 - Int(w.pad_top)
      let right = Int((width - 1) * w.stride_width) + reach.width + 1 - Int(w.pad_left)
      w.in_height = UInt32(max(1, bottom - Int(pick(0...2))))
      w.in_width = UInt32(max(1, right - Int(pick(0...2))))
      return w
    }
  }

  @Test(arguments: MatrixContract.depthwise) func slidingWindows(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    var seed: UInt64 = 0
    for channels in Self.channels {
      for window in Self.slidingWindows(channels, seed: &seed) {
        contract.check(.depthwise(window), seed: Int(seed), kernels: kernels)
      }
    }
  }

  @Test(arguments: MatrixContract.inPlace) func slidingWindowsInPlace(_ contract: MatrixContract) {
    let kernels = contract.kernels()
    var seed: UInt64 = 0
    for channels in Self.channels {
      for var window in Self.slidingWindows(channels, seed: &seed) {
        window.in_height = max(window.in_height, window.out_height)
        window.in_width = max(window.in_width, window.out_width)
        contract.check(.depthwise(window), seed: Int(seed), kernels: kernels)
      }
    }
  }
}
