// SPDX-License-Identifier: Apache-2.0
import CKernels
import Testing

/// Gradients of packed weights, against their rule written once more.
@Suite struct WeightGradientTests {
  /// Every height of a tile, every tail of a vector and of a panel, blocks of columns.
  @Test(arguments: RowTests.classes) func products(isFused: Bool) {
    var random = SplitMix64(seed: 31)
    for depth in 1...19 {
      checkProduct(1 + 3 * depth % 7, 1 + 7 * depth % 34, depth, isFused, &random)
    }
    for (rows, columns, depth) in [(5, 64, 33), (3, 65, 70), (9, 150, 40), (2, 16, 256)] {
      checkProduct(rows, columns, depth, isFused, &random)
    }
  }

  /// Blocks of 256 rows, and the tree that joins 1 to 8 of them.
  @Test(arguments: RowTests.classes) func blocks(isFused: Bool) {
    var random = SplitMix64(seed: 32)
    for (index, rows) in [255, 256, 257, 512, 700, 1024, 1025, 1300, 1700, 2048].enumerated() {
      checkProduct(rows, 3 + 11 * index % 20, 2 + index, isFused, &random)
    }
    checkProduct(600, 70, 36, isFused, &random)
  }

  /// Runs that are one kernel row, one tap and several; windows that are partly or all outside.
  @Test(arguments: RowTests.classes) func convolutions(isFused: Bool) {
    var random = SplitMix64(seed: 33)
    for (index, channels) in [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 24, 33].enumerated() {
      for (kernel, stride, dilation, padding) in [
        (3, 1, 1, 1), (3, 2, 1, 1), (1, 2, 1, 0), (2, 1, 3, 2), (5, 3, 1, 6), (1, 1, 1, 2),
      ] {
        var window = uk_window()
        window.batch = 1 + UInt32(index % 3)
        window.in_height = 5 + UInt32(index % 4)
        window.in_width = 4 + UInt32(index % 5)
        window.in_channels = UInt32(channels)
        window.out_channels = 1 + UInt32(index * 5 % 20)
        (window.kernel_height, window.kernel_width) = (UInt32(kernel), UInt32(1 + kernel % 4))
        (window.stride_height, window.stride_width) = (UInt32(stride), 1 + UInt32(stride % 3))
        (window.dilation_height, window.dilation_width) = (UInt32(dilation), UInt32(dilation))
        (window.pad_top, window.pad_left) = (UInt32(padding), UInt32(padding))
        check(window, isFused, &random)
      }
    }
  }

  /// Blocks that begin and end inside a row of the image.
  @Test(arguments: RowTests.classes) func convolutionsOfManyPixels(isFused: Bool) {
    var random = SplitMix64(seed: 34)
    for (channels, columns) in [(1, 16), (3, 17), (16, 5), (18, 70)] {
      var window = uk_window()
      (window.batch, window.in_height, window.in_width) = (3, 17, 19)
      (window.in_channels, window.out_channels) = (UInt32(channels), UInt32(columns))
      (window.kernel_height, window.kernel_width) = (3, 3)
      (window.stride_height, window.stride_width) = (1, 1)
      (window.dilation_height, window.dilation_width) = (1, 1)
      (window.pad_top, window.pad_left) = (1, 1)
      check(window, isFused, &random)
    }
  }

  private func checkProduct(
    _ rows: Int, _ columns: Int, _ depth: Int, _ isFused: Bool, _ random: inout SplitMix64
  ) {
    let x = random.floats(rows * depth, special: depth % 4 == 1)
    let dy = random.floats(rows * columns, special: columns % 4 == 1)
    let p = uk_f32_gemm_transposed_parameters(
      rows: UInt32(rows), columns: UInt32(columns), depth: UInt32(depth), reserved: 0)
    var window = uk_gemm_window([p])
    var test = KernelCase(
      contract: isFused
        ? .UK_CONTRACT_f32_gemm_weight_gradient_fma : .UK_CONTRACT_f32_gemm_weight_gradient_muladd,
      parameters: bytes(of: p), inputs: [KernelOperand(x), KernelOperand(dy)],
      rows: Int(uk_gemm_weight_gradient_units([p])),
      expected: gradient(x, dy, window, isFused: isFused))
    test.scratchBytes = Int(uk_f32_gemm_weight_gradient_scratch_bytes([p]))
    test.hasEqualRows = hasEqualUnits(&window)
    test.check()
  }

  /// Checks a window whose image is padded behind as before.
  private func check(_ given: uk_window, _ isFused: Bool, _ random: inout SplitMix64) {
    var window = given
    let height =
      window.in_height + 2 * window.pad_top - window.dilation_height * (window.kernel_height - 1)
    let width =
      window.in_width + 2 * window.pad_left - window.dilation_width * (window.kernel_width - 1)
    window.out_height = (height - 1) / window.stride_height + 1
    window.out_width = (width - 1) / window.stride_width + 1
    let pixels = Int(window.batch * window.in_height * window.in_width)
    let isSpecial = window.in_channels % 4 == 1
    let x = random.floats(pixels * Int(window.in_channels), special: isSpecial)
    let dy = random.floats(
      Int(uk_window_pixels([window])) * Int(window.out_channels), special: isSpecial)
    var test = KernelCase(
      contract: isFused
        ? .UK_CONTRACT_f32_conv_weight_gradient_fma : .UK_CONTRACT_f32_conv_weight_gradient_muladd,
      parameters: bytes(of: window), inputs: [KernelOperand(x), KernelOperand(dy)],
      rows: Int(uk_conv_weight_gradient_units([window])),
      expected: gradient(x, dy, window, isFused: isFused))
    test.scratchBytes = Int(uk_f32_conv_weight_gradient_scratch_bytes([window]))
    test.hasEqualRows = hasEqualUnits(&window)
    test.check()
  }

  /// Whether units are equal parts of the output, one behind the other.
  private func hasEqualUnits(_ window: inout uk_window) -> Bool {
    let depth = uk_window_depth(&window)
    return window.out_channels <= 16 && depth % uk_gradient_unit_depth(depth) == 0
  }

  /// Column by column and pixel by pixel; blocks' sums are joined level by level.
  private func gradient(
    _ x: [Float], _ dy: [Float], _ w: uk_window, isFused: Bool
  ) -> [Float] {
    let taps = Int(w.kernel_height * w.kernel_width)
    let (channels, columns) = (Int(w.in_channels), Int(w.out_channels))
    var y = [Float](repeating: 0, count: (columns + 15) / 16 * taps * channels * 16)
    for tap in 0..<taps {
      let pixels = inputs(w, tap)
      for k in 0..<channels {
        let inputs = pixels.map { $0.map { x[$0 * channels + k] } ?? 0 }
        for column in 0..<columns {
          var sums = stride(from: 0, to: inputs.count, by: 256).map { first in
            (first..<min(first + 256, inputs.count)).reduce(Float(0)) { sum, pixel in
              let factor = dy[pixel * columns + column]
              return isFused
                ? sum.addingProduct(inputs[pixel], factor) : sum + inputs[pixel] * factor
            }
          }
          while sums.count > 1 {
            sums = stride(from: 0, to: sums.count, by: 2).map {
              $0 + 1 < sums.count ? sums[$0] + sums[$0 + 1] : sums[$0]
            }
          }
          y[((column / 16 * taps + tap) * channels + k) * 16 + column % 16] = sums[0]
        }
      }
    }
    return y
  }

  /// The input pixel under a tap of every output pixel; `nil` outside the image.
  private func inputs(_ w: uk_window, _ tap: Int) -> [Int?] {
    let (kernelRow, kernelColumn) = tap.quotientAndRemainder(dividingBy: Int(w.kernel_width))
    return (0..<Int(w.batch * w.out_height * w.out_width)).map { pixel in
      let (row, column) = pixel.quotientAndRemainder(dividingBy: Int(w.out_width))
      let (image, line) = row.quotientAndRemainder(dividingBy: Int(w.out_height))
      let y = line * Int(w.stride_height) + kernelRow * Int(w.dilation_height) - Int(w.pad_top)
      let x =
        column * Int(w.stride_width) + kernelColumn * Int(w.dilation_width) - Int(w.pad_left)
      guard 0..<Int(w.in_height) ~= y, 0..<Int(w.in_width) ~= x else { return nil }
      return (image * Int(w.in_height) + y) * Int(w.in_width) + x
    }
  }
}
