// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// The mean intersection over union of predicted and true pixels.
///
/// With a foreground: of its classes together, in each picture, averaged over pictures. Without: of
/// each class over all pictures, averaged over the classes that occur; class 255 of a mask counts
/// as unknown. Pixels of the picture are compared, each with the nearest of the output; those that
/// the model did not see do not count.
struct OverlapMetric: Metric {
  private static let unknown: Int32 = 255

  private let decoder: ClassMapDecoder
  private let foreground: Set<Int32>
  private var pictures: [[Int32: PixelCounts]] = []

  init(outputs: [TensorType], settings: Preprocessing) throws(EvaluationError) {
    guard let first = outputs.first, let decoder = ClassMapDecoder(first, layout: settings.layout)
    else { throw .outputs(.miou, outputs) }
    self.decoder = decoder
    foreground = Set(settings.foreground.map { Int32(clamping: $0) })
  }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .mask(let mask) = sample.truth, let placement = sample.placement else { return }
    let predicted = decoder.classMap(outputs[0][0])
    let columns = positions(mask.width, placement.x, placement.input.width, predicted.width)
    let rows = positions(mask.height, placement.y, placement.input.height, predicted.height)
    var counts: [Int32: PixelCounts] = [:]
    for (y, row) in rows.enumerated() {
      guard let row else { continue }
      for (x, column) in columns.enumerated() {
        guard let column else { continue }
        let truth = mask.classes[y * mask.width + x]
        let found = predicted.classes[row * predicted.width + column]
        if foreground.isEmpty {
          if truth != Self.unknown { count(truth, found, in: &counts) }
        } else {
          count(truth, foreground.contains(found) ? 1 : 0, in: &counts)
        }
      }
    }
    pictures.append(counts)
  }

  func measurements() -> [Measurement] {
    let name = MetricName.miou.rawValue
    if !foreground.isEmpty {
      // A picture without foreground in which none was found is right.
      let overlaps = pictures.map { $0[1]?.overlap ?? 1 }
      return [
        Measurement(
          name: name, value: mean(of: overlaps), interval: meanInterval(of: overlaps, in: 0...1),
          method: "normal", count: overlaps.count)
      ]
    }
    let total = pictures.reduce(into: [Int32: PixelCounts]()) { total, picture in
      total.merge(picture) { $0 + $1 }
    }
    let value = meanOverlap(total)
    let leavingOut = pictures.map { meanOverlap(total.merging($0) { $0 - $1 }) }
    return [
      Measurement(
        name: name, value: value,
        interval: jackknifeInterval(around: value, leavingOut: leavingOut, in: 0...1),
        method: "jackknife", count: pictures.count)
    ]
  }

  /// The mean over classes that occur; summed in order of class, to give the same bits always.
  private func meanOverlap(_ counts: [Int32: PixelCounts]) -> Double {
    let overlaps = counts.sorted { $0.key < $1.key }.compactMap { $0.value.overlap }
    return overlaps.isEmpty ? 0 : mean(of: overlaps)
  }

  private func count(_ truth: Int32, _ found: Int32, in counts: inout [Int32: PixelCounts]) {
    if truth == found {
      counts[truth, default: PixelCounts()].shared += 1
      counts[truth, default: PixelCounts()].union += 1
    } else {
      counts[truth, default: PixelCounts()].union += 1
      counts[found, default: PixelCounts()].union += 1
    }
  }

  /// For each pixel of the picture along an axis, the one of the output; `nil` outside the input.
  private func positions(
    _ count: Int, _ axis: Placement.Axis, _ inputCount: Int, _ outputCount: Int
  ) -> [Int?] {
    (0..<count).map { pixel in
      let position = axis.input(Double(pixel) + 0.5)
      guard position >= 0, position < Double(inputCount) else { return nil }
      return min(Int(position * Double(outputCount) / Double(inputCount)), outputCount - 1)
    }
  }
}

/// The pixels of a class.
private struct PixelCounts {
  /// True and predicted.
  var shared = 0
  /// True or predicted.
  var union = 0

  /// Intersection over union; `nil` when the class does not occur.
  var overlap: Double? { union > 0 ? Double(shared) / Double(union) : nil }

  static func + (left: PixelCounts, right: PixelCounts) -> PixelCounts {
    PixelCounts(shared: left.shared + right.shared, union: left.union + right.union)
  }

  static func - (left: PixelCounts, right: PixelCounts) -> PixelCounts {
    PixelCounts(shared: left.shared - right.shared, union: left.union - right.union)
  }
}
