// SPDX-License-Identifier: Apache-2.0
import DataFolders

/// A thing that a detector found.
package struct Detection: Hashable, Sendable {
  /// In pixels of the model's input; may stick out of it.
  package let box: Box
  /// The index of its class.
  package let label: Int
  package let score: Double

  package init(box: Box, label: Int, score: Double) {
    self.box = box
    self.label = label
    self.score = score
  }
}

extension Box {
  /// The area; 0 when an edge is beyond its opposite.
  package var area: Double { max(x1 - x0, 0) * max(y1 - y0, 0) }

  /// The area that both share as a part of the area that either covers; 0 when both are empty.
  package func intersectionOverUnion(with other: Box) -> Double {
    let shared = Box(
      x0: max(x0, other.x0), y0: max(y0, other.y0), x1: min(x1, other.x1), y1: min(y1, other.y1))
    let union = area + other.area - shared.area
    return union > 0 ? shared.area / union : 0
  }
}

/// Keeps the best detection of each thing: one that overlaps a better one of its class goes.
///
/// - Parameters:
///   - detections: in any order.
///   - threshold: the intersection over union above which two boxes show the same thing.
///   - limit: the most to keep.
/// - Returns: the best first; of equal scores the earlier first.
package func nonMaximumSuppression(
  _ detections: [Detection], threshold: Double, limit: Int
) -> [Detection] {
  let order = detections.indices.sorted { first, second in
    let (a, b) = (detections[first].score, detections[second].score)
    return a == b ? first < second : a > b
  }
  var kept: [Detection] = []
  for index in order where kept.count < limit {
    let candidate = detections[index]
    let isCovered = kept.contains { better in
      better.label == candidate.label
        && better.box.intersectionOverUnion(with: candidate.box) > threshold
    }
    if !isCovered { kept.append(candidate) }
  }
  return kept
}
