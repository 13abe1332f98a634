// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// A layer whose outputs are sums of products over windows of an image.
package protocol WindowOperator: Operator {
  /// The pixel that each tap of a window meets, `nil` where it is padding: `[positions][taps]`.
  ///
  /// Positions count over the whole batch, as pixels do.
  /// - Precondition: the types infer.
  func windowTaps(_ inputs: [TensorType]) -> [[Int?]]
}

extension Convolution: WindowOperator {
  package func windowTaps(_ inputs: [TensorType]) -> [[Int?]] {
    taps(of: try? window(naturalTypes(inputs)))
  }
}

extension DepthwiseConvolution: WindowOperator {
  package func windowTaps(_ inputs: [TensorType]) -> [[Int?]] {
    taps(of: try? window(naturalTypes(inputs)))
  }
}

private func taps(of window: Window?) -> [[Int?]] {
  guard let window else { preconditionFailure("types were inferred") }
  var taps = [[Int?]](
    repeating: [Int?](repeating: nil, count: window.tapCount), count: window.outputCount)
  window.forEachTap { output, tap, input in taps[output][tap] = input }
  return taps
}
