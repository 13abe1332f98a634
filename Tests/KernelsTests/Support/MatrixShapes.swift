// SPDX-License-Identifier: Apache-2.0
import CKernels

/// A random window over a small image: strides, dilations, and paddings larger than needed.
///
/// When it `shrinks`, no output extent is larger than the input's, as in place needs it.
func randomWindow(
  isDepthwise: Bool, shrinks: Bool = false, random: inout SplitMix64
) -> uk_window {
  func pick(_ range: ClosedRange<UInt32>) -> UInt32 { .random(in: range, using: &random) }
  while true {
    var w = uk_window()
    w.batch = pick(1...2)
    (w.in_height, w.in_width) = (pick(1...9), pick(1...11))
    w.in_channels = pick(1...(Bool.random(using: &random) ? 9 : isDepthwise ? 70 : 24))
    w.out_channels = isDepthwise ? w.in_channels : pick(1...35)
    (w.kernel_height, w.kernel_width) = (pick(1...7), pick(1...7))
    (w.stride_height, w.stride_width) = (pick(1...3), pick(1...3))
    (w.dilation_height, w.dilation_width) = (pick(1...2), pick(1...2))
    (w.pad_top, w.pad_left) = (pick(0...8), pick(0...8))
    let room = (
      height: Int(w.in_height + w.pad_top + pick(0...4)) - w.kernelReach.height,
      width: Int(w.in_width + w.pad_left + pick(0...4)) - w.kernelReach.width
    )
    guard room.height > 0, room.width > 0 else { continue }
    w.out_height = (UInt32(room.height) - 1) / w.stride_height + 1
    w.out_width = (UInt32(room.width) - 1) / w.stride_width + 1
    if !shrinks || (w.out_height <= w.in_height && w.out_width <= w.in_width) { return w }
  }
}

/// The same for a convolution by runs, mostly of few channels: without dilation, on images so
/// narrow or so wide that a block is several rows or a part of one.
func randomRunsWindow(random: inout SplitMix64) -> uk_window {
  func pick(_ range: ClosedRange<UInt32>) -> UInt32 { .random(in: range, using: &random) }
  var w = randomWindow(isDepthwise: false, random: &random)
  (w.dilation_height, w.dilation_width) = (1, 1)
  if pick(0...3) > 0 { w.in_channels = pick(1...3) }
  if pick(0...3) == 0 { w.out_channels = pick(36...140) }
  w.in_height += pick(0...40)
  w.out_height += w.in_height / w.stride_height / 2
  if pick(0...7) == 0 { (w.in_width, w.out_width) = (150 * w.stride_width, 149) }
  return w
}

/// A square image of one kernel, "same" padding.
func squareWindow(
  _ extent: UInt32, _ inChannels: UInt32, _ outChannels: UInt32, kernel: UInt32, stride: UInt32 = 1
) -> uk_window {
  var w = uk_window()
  w.batch = 1
  (w.in_height, w.in_width, w.in_channels) = (extent, extent, inChannels)
  w.out_height = (extent - 1) / stride + 1
  (w.out_width, w.out_channels) = (w.out_height, outChannels)
  (w.kernel_height, w.kernel_width) = (kernel, kernel)
  (w.stride_height, w.stride_width) = (stride, stride)
  (w.dilation_height, w.dilation_width) = (1, 1)
  (w.pad_top, w.pad_left) = (kernel / 2, kernel / 2)
  return w
}

extension uk_window {
  /// From the first to the last tap along each axis, in input pixels.
  var kernelReach: (height: Int, width: Int) {
    (
      Int((kernel_height - 1) * dilation_height), Int((kernel_width - 1) * dilation_width)
    )
  }
}

/// The rows in ranges of random lengths, in random order.
func randomRanges(_ rows: Int, random: inout SplitMix64) -> [Range<Int>] {
  var ranges: [Range<Int>] = []
  var begin = 0
  while begin < rows {
    let end = Int.random(in: begin + 1...rows, using: &random)
    ranges.append(begin..<end)
    begin = end
  }
  return ranges.shuffled(using: &random)
}
