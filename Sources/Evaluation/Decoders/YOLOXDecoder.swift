// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Glibc
import TensorCore

/// Decodes the raw head of YOLOX: one anchor for each cell of three grids.
///
/// The output is `[1, anchors, 5 + classes]`, the grids of strides 8, 16 and 32 one after the
/// other, rows from the top. An anchor holds the middle of its box (`x`, `y`, in cells from its
/// own), the logarithms of width and height in strides, how sure it is that something is there,
/// and of each class; the last two are probabilities. Source: Ge et al. 2021, "YOLOX: Exceeding
/// YOLO series in 2021", arXiv:2107.08430, and the `demo_postprocess` of its repository.
package struct YOLOXDecoder: Sendable {
  /// Detections below are dropped: they are as good as none.
  private static let leastScore = 0.01
  /// Two boxes above are the same thing; both as in YOLOX's own demonstration.
  private static let overlap = 0.45
  private static let mostDetections = 100

  /// The middle of a cell's origin, in cells, and the size of a cell, in pixels.
  private struct Cell {
    let column: Double
    let row: Double
    let stride: Double
  }

  private let cells: [Cell]
  private let classCount: Int

  /// Describes a detector, or `nil` when its output is another.
  package init?(outputs: [TensorType], input: PixelSize) {
    guard outputs.count == 1, outputs[0].dtype == .float32, outputs[0].shape.rank == 3,
      outputs[0].shape[0] == 1, outputs[0].shape[2] > 5
    else { return nil }
    var cells: [Cell] = []
    for stride in [8, 16, 32] {
      let (rows, columns) = (input.height / stride, input.width / stride)
      guard cells.count + rows * columns <= outputs[0].shape[1] else { return nil }
      for row in 0..<rows {
        for column in 0..<columns {
          cells.append(
            Cell(column: Double(column), row: Double(row), stride: Double(stride)))
        }
      }
    }
    guard cells.count == outputs[0].shape[1] else { return nil }
    self.cells = cells
    classCount = outputs[0].shape[2] - 5
  }

  /// The detections after non-maximum suppression, the best first.
  package func detections(_ outputs: [TensorData]) -> [Detection] {
    let values = outputs[0].float32Values
    let found = cells.enumerated().compactMap { index, cell in
      detection(values[index * (5 + classCount)..<(index + 1) * (5 + classCount)], in: cell)
    }
    return nonMaximumSuppression(found, threshold: Self.overlap, limit: Self.mostDetections)
  }

  private func detection(_ anchor: ArraySlice<Float>, in cell: Cell) -> Detection? {
    let values = anchor.map(Double.init)
    let classes = values[5...]
    guard let best = classes.indices.max(by: { classes[$0] < classes[$1] }) else { return nil }
    let score = values[4] * classes[best]
    let x = (values[0] + cell.column) * cell.stride
    let y = (values[1] + cell.row) * cell.stride
    let width = exp(values[2]) * cell.stride
    let height = exp(values[3]) * cell.stride
    guard score >= Self.leastScore, [x, y, width, height].allSatisfy(\.isFinite) else {
      return nil
    }
    let box = Box(
      x0: x - width / 2, y0: y - height / 2, x1: x + width / 2, y1: y + height / 2)
    return Detection(box: box, label: best - 5, score: score)
  }
}
