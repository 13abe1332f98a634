// SPDX-License-Identifier: Apache-2.0
import TensorCore

/// The extents of a recurrent layer, named.
struct RecurrentExtents {
  let batch: Int
  let steps: Int
  let input: Int
  let hidden: Int

  /// `weights` is the shape of the recurrent ones.
  init(of x: Shape, weights: Shape, isBatchMajor: Bool) {
    batch = isBatchMajor ? x[0] : x[1]
    steps = isBatchMajor ? x[1] : x[0]
    input = x[2]
    hidden = weights[1]
  }

  /// The number of the vector of sequence `row` at `time`, in x or in y.
  func offset(_ row: Int, _ time: Int, _ isBatchMajor: Bool) -> Int {
    isBatchMajor ? row * steps + time : time * batch + row
  }

  func macCount(gates: Int) -> Int { batch * steps * gates * hidden * (input + hidden) }
}
