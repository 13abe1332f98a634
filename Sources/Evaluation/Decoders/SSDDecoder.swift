// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Reads what `TFLite_Detection_PostProcess` gives: boxes, classes, scores, count.
///
/// Boxes are `[1, N, 4]`: top, left, bottom, right as parts of the input; classes and scores
/// `[1, N]`; the count says how many are valid. Nothing is left to decode.
package struct SSDDecoder: Sendable {
  private let input: PixelSize
  private let capacity: Int

  /// Describes a detector, or `nil` when its outputs are others.
  package init?(outputs: [TensorType], input: PixelSize) {
    guard outputs.count == 4, outputs.allSatisfy({ $0.dtype == .float32 }),
      outputs[0].shape.extents.last == 4, outputs[3].shape.elementCount == 1,
      outputs[1].shape == outputs[2].shape,
      outputs[0].shape.elementCount == 4 * outputs[1].shape.elementCount
    else { return nil }
    self.input = input
    capacity = outputs[1].shape.elementCount
  }

  /// The detections, the best first.
  package func detections(_ outputs: [TensorData]) -> [Detection] {
    let values = outputs.map(\.float32Values)
    let (boxes, classes, scores) = (values[0], values[1], values[2])
    let stated = values[3][0]
    let count = stated > 0 ? Int(min(stated, Float(capacity))) : 0  // NaN counts as none
    let (height, width) = (Double(input.height), Double(input.width))
    return (0..<count).compactMap { index -> Detection? in
      let edges = boxes[4 * index..<4 * index + 4].map(Double.init)
      guard let label = Int(exactly: classes[index].rounded()), scores[index].isFinite,
        edges.allSatisfy(\.isFinite)
      else { return nil }
      let box = Box(
        x0: edges[1] * width, y0: edges[0] * height, x1: edges[3] * width, y1: edges[2] * height)
      return Detection(box: box, label: label, score: Double(scores[index]))
    }.sorted { $0.score > $1.score }
  }
}
