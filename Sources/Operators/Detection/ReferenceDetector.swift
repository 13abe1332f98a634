// SPDX-License-Identifier: Apache-2.0
import Graph

/// `DetectionPostProcess` in `Double`: sorted lists, one rule after the other.
struct ReferenceDetector {
  struct Box {
    let top, left, bottom, right: Double

    var edges: [Double] { [top, left, bottom, right] }
    var area: Double { (bottom - top) * (right - left) }

    func overlap(_ other: Box) -> Double {
      guard area > 0, other.area > 0 else { return 0 }
      let height = min(bottom, other.bottom) - max(top, other.top)
      let width = min(right, other.right) - max(left, other.left)
      let common = max(height, 0) * max(width, 0)
      return common / (area + other.area - common)
    }
  }

  /// A box with a class and its score.
  struct Entry {
    let box: Int
    let index: Int
    let score: Double
  }

  let boxes: [Box]
  private let operation: DetectionPostProcess

  /// The scores of each box, without the background.
  private let scores: [[Double]]

  init(_ operation: DetectionPostProcess, _ inputs: [ReferenceTensor]) {
    self.operation = operation
    let (encodings, anchors) = (inputs[0], inputs[2].values)
    let (count, width, row) = (encodings.shape[1], encodings.shape[2], inputs[1].shape[2])
    let scales = operation.scales
    boxes = (0..<count).map { box in
      let code = Array(encodings.values[box * width..<box * width + 4])
      let anchor = Array(anchors[box * 4..<box * 4 + 4])
      let y = code[0] / Double(scales.y) * anchor[2] + anchor[0]
      let x = code[1] / Double(scales.x) * anchor[3] + anchor[1]
      let height = 0.5 * exponential(code[2] / Double(scales.height)) * anchor[2]
      let width = 0.5 * exponential(code[3] / Double(scales.width)) * anchor[3]
      return Box(top: y - height, left: x - width, bottom: y + height, right: x + width)
    }
    scores = (0..<count).map { box in
      Array(inputs[1].values[box * row..<(box + 1) * row].suffix(operation.classes))
    }
  }

  /// The boxes that remain of those with these scores, best first.
  private func suppressed(_ scores: [Double], limit: Int) -> [Int] {
    let order = scores.indices.filter { scores[$0] >= Double(operation.scoreThreshold) }
      .sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    var chosen: [Int] = []
    for box in order where chosen.count < limit {
      let isCovered = chosen.contains {
        boxes[$0].overlap(boxes[box]) > Double(operation.overlapThreshold)
      }
      if !isCovered { chosen.append(box) }
    }
    return chosen
  }

  /// Entries by their place in the output, and how many boxes there are.
  func byBox() -> (entries: [(Int, Entry)], count: Int) {
    let ranked = scores.map { scores in
      scores.map { $0.isNaN ? -.infinity : $0 }
    }
    let best = ranked.map { $0.max() ?? -.infinity }
    let chosen = suppressed(best, limit: operation.detections)
    var entries: [(Int, Entry)] = []
    for (place, box) in chosen.enumerated() {
      let order = ranked[box].indices.sorted {
        (-ranked[box][$0], $0) < (-ranked[box][$1], $1)
      }
      for (rank, index) in order.prefix(operation.classesPerBox).enumerated() {
        let entry = Entry(box: box, index: index, score: scores[box][index])
        entries.append((place * operation.classesPerBox + rank, entry))
      }
    }
    return (entries, chosen.count)
  }

  func byClass(_ perClass: Int) -> (entries: [(Int, Entry)], count: Int) {
    var all: [Entry] = []
    for index in 0..<operation.classes {
      let column = scores.map { $0[index] }
      let limit = min(perClass, operation.detections)
      all += suppressed(column, limit: limit).map {
        Entry(box: $0, index: index, score: column[$0])
      }
    }
    let order = all.indices.sorted { (-all[$0].score, $0) < (-all[$1].score, $1) }
    let kept = order.prefix(operation.detections).map { all[$0] }
    return (Array(kept.enumerated()).map { ($0.offset, $0.element) }, kept.count)
  }
}
