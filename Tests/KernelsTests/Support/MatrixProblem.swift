// SPDX-License-Identifier: Apache-2.0
import CKernels

/// What a matrix contract computes: which products make up each output, and how weights are packed.
///
/// Written from the contracts' prose alone and slow on purpose; it shares nothing with the kernels.
enum MatrixProblem {
  case product(rows: Int, columns: Int, depth: Int)
  case convolution(uk_window)
  /// The same, weights packed by runs.
  case runs(uk_window)
  case depthwise(uk_window)

  /// One product of a sum: an index of the input, or of the pad outside the image, and one of the
  /// weights, which are `[column][tap][depth]`.
  struct Term {
    var input: Int?
    var pad = 0
    var weight: Int
  }

  var inputCount: Int {
    switch self {
    case .product(let rows, _, let depth): rows * depth
    case .convolution(let w), .runs(let w), .depthwise(let w):
      Int(w.batch * w.in_height * w.in_width * w.in_channels)
    }
  }

  var outputCount: Int {
    switch self {
    case .product(let rows, let columns, _): rows * columns
    case .convolution(let w), .runs(let w), .depthwise(let w):
      Int(w.batch * w.out_height * w.out_width * w.out_channels)
    }
  }

  /// Output columns or channels: how many biases there are.
  var columns: Int {
    switch self {
    case .product(_, let columns, _): columns
    case .convolution(let w), .runs(let w), .depthwise(let w): Int(w.out_channels)
    }
  }

  var taps: Int {
    switch self {
    case .product: 1
    case .convolution(let w), .runs(let w), .depthwise(let w):
      Int(w.kernel_height * w.kernel_width)
    }
  }

  /// Weights per column and tap.
  var depth: Int {
    switch self {
    case .product(_, _, let depth): depth
    case .convolution(let w), .runs(let w): Int(w.in_channels)
    case .depthwise: 1
    }
  }

  /// The extent of a kernel's row range: of a product of few rows, its blocks of 64 columns.
  var rangeCount: Int {
    if case .product(let rows, let columns, _) = self, rows < 8 { return (columns + 63) / 64 }
    return rowCount
  }

  /// The elements of a row of the output operand.
  var rowCount: Int {
    switch self {
    case .product(let rows, _, _): rows
    case .convolution(let w), .runs(let w), .depthwise(let w): Int(w.batch * w.out_height)
    }
  }

  /// Calls `body` with every product of output `output`, in the order in which they are summed.
  func forEachTerm(of output: Int, _ body: (Term) -> Void) {
    let column = output % columns
    let pixel = output / columns
    switch self {
    case .product:
      for k in 0..<depth { body(Term(input: pixel * depth + k, weight: column * depth + k)) }
    case .convolution(let w), .runs(let w):
      forEachTap(of: pixel, in: w) { tap, inputPixel in
        for k in 0..<depth {
          let weight = (column * taps + tap) * depth + k
          body(Term(input: inputPixel.map { $0 * depth + k }, pad: k, weight: weight))
        }
      }
    case .depthwise(let w):
      forEachTap(of: pixel, in: w) { tap, inputPixel in
        let input = inputPixel.map { $0 * columns + column }
        body(Term(input: input, pad: column, weight: column * taps + tap))
      }
    }
  }

  /// Calls `body` with every tap over one output pixel and the input pixel under it, if any.
  private func forEachTap(of pixel: Int, in w: uk_window, _ body: (Int, Int?) -> Void) {
    let (height, width) = (Int(w.in_height), Int(w.in_width))
    let outX = pixel % Int(w.out_width)
    let outY = pixel / Int(w.out_width) % Int(w.out_height)
    let image = pixel / Int(w.out_width * w.out_height)
    for ky in 0..<Int(w.kernel_height) {
      let y = outY * Int(w.stride_height) - Int(w.pad_top) + ky * Int(w.dilation_height)
      for kx in 0..<Int(w.kernel_width) {
        let x = outX * Int(w.stride_width) - Int(w.pad_left) + kx * Int(w.dilation_width)
        let isInside = (0..<height).contains(y) && (0..<width).contains(x)
        body(
          ky * Int(w.kernel_width) + kx, isInside ? (image * height + y) * width + x : nil)
      }
    }
  }

  /// Weights in the packing of `ukernels.inc`; what no weight fills is `zero` by runs, otherwise 0.
  ///
  /// A `group` along the depth is packed together: 4 in int8, 1 in float32.
  func packed<Element: ExpressibleByIntegerLiteral>(
    _ weights: [Element], group: Int, zero: Element = 0
  ) -> [Element] {
    switch self {
    case .depthwise: channels(weights)
    case .runs(let w):
      panels(
        weights, taps: Int(w.kernel_height), depth: Int(w.kernel_width) * depth, group: group,
        padding: zero)
    case .product, .convolution:
      panels(weights, taps: taps, depth: depth, group: group, padding: 0)
    }
  }

  private func channels<Element: ExpressibleByIntegerLiteral>(_ weights: [Element]) -> [Element] {
    let paddedColumns = (columns + 15) / 16 * 16
    var packed = [Element](repeating: 0, count: taps * paddedColumns)
    for column in 0..<columns {
      for tap in 0..<taps { packed[tap * paddedColumns + column] = weights[column * taps + tap] }
    }
    return packed
  }

  private func panels<Element: ExpressibleByIntegerLiteral>(
    _ weights: [Element], taps: Int, depth: Int, group: Int, padding: Element
  ) -> [Element] {
    let groups = (depth + group - 1) / group
    let panels = (columns + 15) / 16
    var packed = [Element](repeating: padding, count: panels * taps * groups * 16 * group)
    for column in 0..<columns {
      for tap in 0..<taps {
        for k in 0..<depth {
          let panelTap = (column / 16 * taps + tap) * groups + k / group
          packed[(panelTap * 16 + column % 16) * group + k % group] =
            weights[(column * taps + tap) * depth + k]
        }
      }
    }
    return packed
  }
}
