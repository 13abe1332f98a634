// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// How many numbers come together in an output, and how many outputs an input goes to.
package struct FanCounts: Hashable, Sendable {
  package let fanIn: Int
  package let fanOut: Int

  package init(fanIn: Int, fanOut: Int) {
    self.fanIn = fanIn
    self.fanOut = fanOut
  }

  /// Of weights `[outputs, …taps…, inputs]`; a vector is one output.
  ///
  /// A depthwise weight has no axis of inputs: give its taps as both counts.
  package init(_ shape: Shape) {
    let extents = shape.rank > 1 ? shape.extents : [1] + shape.extents
    let taps = extents.dropFirst().dropLast().reduce(1, *)
    fanIn = taps * (extents.last ?? 1)
    fanOut = taps * extents[0]
  }
}
