// SPDX-License-Identifier: Apache-2.0

/// The samples of one step.
package struct Batch: Hashable, Sendable {
  /// Positions among the samples of a set, as many as the batch's size.
  package let positions: [Int]
  /// How many of them count; the rest only fill the batch.
  package let count: Int

  /// 1 for a sample that counts, else 0.
  package var weights: [Float] {
    positions.indices.map { $0 < count ? 1 : 0 }
  }

  /// The batches of a training epoch, in an order of its own; what does not fill one is left out.
  ///
  /// - Parameters:
  ///   - count: the samples of the training set.
  ///   - size: of a batch.
  ///   - seed: of the training.
  ///   - epoch: counted from 0.
  /// - Returns: batches whose samples all count.
  package static func training(count: Int, size: Int, seed: UInt64, epoch: Int) -> [Batch] {
    var random = RandomStream(seed: seed, .shuffle, epoch)
    let order = random.permutation(of: count)
    return stride(from: 0, through: count - size, by: size).map {
      Batch(positions: Array(order[$0..<$0 + size]), count: size)
    }
  }

  /// The batches of all samples in their order; the last repeats its last sample with weight 0.
  package static func evaluation(count: Int, size: Int) -> [Batch] {
    stride(from: 0, to: count, by: size).map { start in
      Batch(
        positions: (start..<start + size).map { min($0, count - 1) },
        count: min(size, count - start))
    }
  }
}
