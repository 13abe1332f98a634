// SPDX-License-Identifier: Apache-2.0
import Graph
import TensorCore

/// How the elements of a tensor in the model lie in the tensor that the program has for it.
///
/// The program is channels last and drops axes; the model may be neither.
struct Arrangement {
  /// For each element of ours, the position of the same element in the model's; `nil` when they
  /// are in the same order.
  private let sources: [Int]?

  /// The way to lay out a peer's tensor that makes it most like ours, among those the shapes allow:
  /// the same order, and where the extents tell, permuted axes.
  ///
  /// `nil` when the tensors have different numbers of elements.
  init?(of peer: ReferenceTensor, as ours: ReferenceTensor) {
    guard peer.shape.elementCount == ours.shape.elementCount else { return nil }
    var candidates: [[Int]?] = []
    if peer.shape == ours.shape || peer.shape.elementCount == 1 { candidates.append(nil) }
    let (from, to) = (peer.shape.strippedExtents, ours.shape.strippedExtents)
    if from != to || from.count == 3 {
      for permutation in permutations(from.count) where permutation.map({ from[$0] }) == to {
        candidates.append(sourceIndices(from, permutation))
      }
    }
    if candidates.isEmpty { candidates.append(nil) }
    guard candidates.count > 1 else {
      sources = candidates[0]
      return
    }
    let distances = candidates.map { candidate in
      Self.distance(ours.values, peer.values, candidate)
    }
    let best = distances.indices.min { distances[$0] < distances[$1] } ?? 0
    sources = candidates[best]
  }

  /// The peer's numbers in our order and shape.
  func arranged(_ peer: ReferenceTensor, as shape: Shape) -> ReferenceTensor {
    guard let sources else { return ReferenceTensor(shape, peer.values) }
    return ReferenceTensor(shape, sources.map { peer.values[$0] })
  }

  private static func distance(
    _ ours: [Double], _ peer: [Double], _ sources: [Int]?
  ) -> Double {
    var sum = 0.0
    for index in ours.indices {
      let difference = abs(ours[index] - peer[sources?[index] ?? index])
      if difference.isFinite { sum += difference }
    }
    return sum
  }
}

extension Shape {
  /// The extents without those of 1, which do not change the order of elements.
  fileprivate var strippedExtents: [Int] { extents.filter { $0 > 1 } }
}

/// All orders of so many axes, at most four; the identity first.
private func permutations(_ count: Int) -> [[Int]] {
  guard count > 0 else { return [[]] }
  guard count <= 4 else { return [Array(0..<count)] }
  return permutations(count - 1).flatMap { shorter in
    (0..<count).reversed().map { position in
      var longer = shorter
      longer.insert(count - 1, at: position)
      return longer
    }
  }
}

/// For each element of the permuted tensor, its position in the original.
private func sourceIndices(_ extents: [Int], _ permutation: [Int]) -> [Int]? {
  guard permutation != Array(extents.indices) else { return nil }
  let strides = Shape(extents).strides
  var indices = [0]
  for axis in permutation {
    indices = indices.flatMap { start in
      (0..<extents[axis]).map { start + $0 * strides[axis] }
    }
  }
  return indices
}
