// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Gradients of what slides over each channel by itself, and of a gather, against their rules
/// written once more.
@Suite struct WindowGradientTests {
  /// Every tail of a vector, kernel rows of one piece and of two, strides and dilations that share
  /// a factor, windows that are partly or all outside.
  private static let windows: [uk_window] =
    [1, 3, 4, 7, 8, 15, 16, 17, 33, 67].enumerated().flatMap { index, channels in
      forms.map { form in
        var window = uk_window()
        window.batch = 1 + UInt32(index % 3)
        window.in_height = 6 + UInt32(index % 4)
        window.in_width = 9 + UInt32(index % 5)
        window.in_channels = UInt32(channels)
        (window.kernel_height, window.kernel_width) = pair(form.kernel)
        (window.stride_height, window.stride_width) = pair(form.stride)
        (window.dilation_height, window.dilation_width) = pair(form.dilation)
        (window.pad_top, window.pad_left) = pair(form.padding)
        return window.filled
      }
    }

  private typealias Pair = (Int, Int)

  private static let forms: [(kernel: Pair, stride: Pair, dilation: Pair, padding: Pair)] = [
    ((3, 3), (1, 1), (1, 1), (1, 1)), ((3, 3), (2, 2), (1, 1), (0, 0)),
    ((3, 3), (2, 2), (1, 1), (1, 1)), ((5, 5), (1, 1), (1, 1), (2, 2)),
    ((5, 5), (2, 2), (1, 1), (2, 1)), ((1, 1), (2, 3), (1, 1), (0, 0)),
    ((2, 4), (1, 2), (2, 2), (1, 3)), ((3, 7), (4, 3), (2, 2), (2, 6)),
    ((4, 2), (3, 1), (1, 3), (6, 2)),
  ]

  private static func pair(_ numbers: Pair) -> (UInt32, UInt32) {
    (UInt32(numbers.0), UInt32(numbers.1))
  }

  /// Blocks that begin and end inside a row of the image, and more channels than are summed
  /// together.
  private static let large: [uk_window] = [
    large(3, 17, 19, channels: 5), large(1, 40, 41, channels: 16), large(7, 16, 16, channels: 70),
  ]

  private static func large(
    _ batch: UInt32, _ height: UInt32, _ width: UInt32, channels: UInt32
  ) -> uk_window {
    var window = uk_window()
    (window.batch, window.in_height, window.in_width) = (batch, height, width)
    window.in_channels = channels
    (window.kernel_height, window.kernel_width) = (3, 3)
    (window.stride_height, window.stride_width) = (1, 1)
    (window.dilation_height, window.dilation_width) = (1, 1)
    (window.pad_top, window.pad_left) = (1, 1)
    return window.filled
  }

  // MARK: - Depthwise convolution

  @Test(arguments: RowTests.classes) func weights(isFused: Bool) {
    var random = SplitMix64(seed: 41)
    for window in Self.windows + Self.large {
      let isSpecial = window.in_channels % 4 == 1
      let x = random.floats(window.inputCount, special: isSpecial)
      let dy = random.floats(window.outputCount, special: isSpecial)
      var test = KernelCase(
        contract: isFused
          ? .UK_CONTRACT_f32_dwconv_weight_gradient_fma
          : .UK_CONTRACT_f32_dwconv_weight_gradient_muladd,
        parameters: bytes(of: window), inputs: [KernelOperand(x), KernelOperand(dy)],
        rows: Int(uk_dwconv_weight_gradient_units([window])),
        expected: weightGradient(x, dy, window, isFused: isFused))
      test.scratchBytes = Int(uk_f32_dwconv_weight_gradient_scratch_bytes([window]))
      // Where there is one block of channels, kernel rows follow each other.
      test.hasEqualRows = window.in_channels <= 16
      test.check()
    }
  }

  /// Tap by tap; blocks' sums are joined level by level.
  private func weightGradient(
    _ x: [Float], _ dy: [Float], _ w: uk_window, isFused: Bool
  ) -> [Float] {
    let (channels, padded) = (Int(w.in_channels), Int(w.in_channels + 15) / 16 * 16)
    var y = [Float](repeating: 0, count: w.tapCount * padded)
    for tap in 0..<w.tapCount {
      let inputs = (0..<w.outputCount / channels).map { w.input(under: tap, of: $0) }
      for channel in 0..<channels {
        var sums = stride(from: 0, to: inputs.count, by: 256).map { first in
          (first..<min(first + 256, inputs.count)).reduce(Float(0)) { sum, pixel in
            guard let input = inputs[pixel] else { return sum }
            return muladd(
              x[input * channels + channel], dy[pixel * channels + channel], sum, isFused)
          }
        }
        while sums.count > 1 {
          sums = stride(from: 0, to: sums.count, by: 2).map {
            $0 + 1 < sums.count ? sums[$0] + sums[$0 + 1] : sums[$0]
          }
        }
        y[tap * padded + channel] = sums[0]
      }
    }
    return y
  }

  private func muladd(_ x: Float, _ w: Float, _ sum: Float, _ isFused: Bool) -> Float {
    isFused ? sum.addingProduct(x, w) : x * w + sum
  }

  @Test(arguments: RowTests.classes) func images(isFused: Bool) {
    var random = SplitMix64(seed: 42)
    for window in Self.windows + Self.large {
      let (channels, padded) = (Int(window.in_channels), Int(window.in_channels + 15) / 16 * 16)
      let isSpecial = window.in_channels % 4 == 1
      let dy = random.floats(window.outputCount, special: isSpecial)
      let weights = random.floats(window.tapCount * padded, special: isSpecial)
      var dx = [Float](repeating: 0, count: window.inputCount)
      // Of one input, every tap meets another output: their order is that of the taps.
      for tap in 0..<window.tapCount {
        for pixel in 0..<window.outputCount / channels {
          guard let input = window.input(under: tap, of: pixel) else { continue }
          for channel in 0..<channels {
            let element = input * channels + channel
            dx[element] = muladd(
              dy[pixel * channels + channel], weights[tap * padded + channel], dx[element],
              isFused)
          }
        }
      }
      KernelCase(
        contract: isFused
          ? .UK_CONTRACT_f32_dwconv_input_gradient_fma
          : .UK_CONTRACT_f32_dwconv_input_gradient_muladd,
        parameters: bytes(of: window), inputs: [KernelOperand(dy), KernelOperand(weights)],
        rows: window.inputRows, expected: dx
      ).check()
    }
  }

  // MARK: - Maximum pooling

  /// Few values, so that many taps have the maximum; and NaN and infinities.
  ///
  /// The contract has no dilation, and every window reaches the image.
  @Test(arguments: [false, true]) func maxima(isSpecial: Bool) {
    var random = SplitMix64(seed: 43)
    for channels in [1, 3, 4, 7, 8, 16, 19, 33, 70] {
      let pools = poolWindows(channels: channels).filter {
        $0.dilation_height == 1 && $0.pad_top < $0.kernel_height
      }
      for given in pools + Self.large {
        var window = given
        window.batch += UInt32(channels % 2)
        let some = random.floats(window.inputCount, special: isSpecial)
        let x = isSpecial ? some : some.map { $0.rounded() }
        let dy = random.floats(window.outputCount, special: isSpecial)
        KernelCase(
          contract: .UK_CONTRACT_f32_maxpool_gradient, parameters: bytes(of: window),
          inputs: [KernelOperand(x), KernelOperand(dy)], rows: window.inputRows,
          expected: maximumGradient(x, dy, window)
        ).check()
      }
    }
  }

  private func maximumGradient(_ x: [Float], _ dy: [Float], _ w: uk_window) -> [Float] {
    let channels = Int(w.in_channels)
    var dx = [Float](repeating: 0, count: x.count)
    for pixel in 0..<dy.count / channels {
      let inputs = (0..<w.tapCount).compactMap { w.input(under: $0, of: pixel) }
      for channel in 0..<channels {
        let elements = inputs.map { $0 * channels + channel }
        let greatest = elements.reduce(-Float.infinity) { x[$1] > $0 ? x[$1] : $0 }
        if let first = elements.first(where: { x[$0] == greatest }) {
          dx[first] += dy[pixel * channels + channel]
        }
      }
    }
    return dx
  }

  // MARK: - Gather

  private func checkGather<Index: FixedWidthInteger & BitwiseCopyable>(_ type: Index.Type) {
    var random = SplitMix64(seed: 44)
    let (outer, extent) = (6, 5)
    let indices: [Index] = [0, 4, -1, -5, 2, 2, 5, -6, .max, .min, 1, 3]
    for (count, perList, columns) in [(12, 6, 3), (4, 2, 16), (2, 1, 41), (6, 3, 1)] {
      let dy = random.floats(outer * count * columns, special: columns == 16)
      let p = uk_gather_parameters(
        outer: UInt32(outer), extent: UInt32(extent), count: UInt32(count),
        repeat: UInt32(perList), run_bytes: UInt32(4 * columns),
        index_bytes: UInt32(MemoryLayout<Index>.size), reserved: (0, 0))
      let lists = Array(indices[..<(outer / perList * count)])
      var dx = [Float](repeating: 0, count: outer * extent * columns)
      for row in 0..<outer * count {
        let stated = Int64(lists[row / count / perList * count + row % count])
        let fromFront = stated < 0 ? stated + Int64(extent) : stated
        let entry = row / count * extent + Int(min(max(fromFront, 0), Int64(extent) - 1))
        for column in 0..<columns { dx[entry * columns + column] += dy[row * columns + column] }
      }
      KernelCase(
        contract: .UK_CONTRACT_f32_gather_gradient, parameters: bytes(of: p),
        inputs: [KernelOperand(dy), KernelOperand(lists)], rows: outer * extent, expected: dx
      ).check()
    }
  }

  @Test func gather() {
    checkGather(Int32.self)
    checkGather(Int64.self)
  }
}

extension uk_window {
  /// With as many outputs as fit when the image is padded behind as before.
  fileprivate var filled: uk_window {
    var window = self
    let height = in_height + 2 * pad_top - dilation_height * (kernel_height - 1)
    let width = in_width + 2 * pad_left - dilation_width * (kernel_width - 1)
    window.out_height = (height - 1) / stride_height + 1
    window.out_width = (width - 1) / stride_width + 1
    window.out_channels = in_channels
    return window
  }

  fileprivate var tapCount: Int { Int(kernel_height * kernel_width) }

  fileprivate var inputCount: Int { Int(batch * in_height * in_width * in_channels) }

  fileprivate var outputCount: Int { Int(batch * out_height * out_width * in_channels) }

  /// The input pixel under a tap of an output pixel; `nil` outside the image.
  fileprivate func input(under tap: Int, of pixel: Int) -> Int? {
    let (kernelRow, kernelColumn) = tap.quotientAndRemainder(dividingBy: Int(kernel_width))
    let (line, column) = pixel.quotientAndRemainder(dividingBy: Int(out_width))
    let (image, row) = line.quotientAndRemainder(dividingBy: Int(out_height))
    let y = row * Int(stride_height) + kernelRow * Int(dilation_height) - Int(pad_top)
    let x = column * Int(stride_width) + kernelColumn * Int(dilation_width) - Int(pad_left)
    guard 0..<Int(in_height) ~= y, 0..<Int(in_width) ~= x else { return nil }
    return (image * Int(in_height) + y) * Int(in_width) + x
  }
}
