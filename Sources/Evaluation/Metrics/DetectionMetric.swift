// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// How often the best detection has the class of the thing in the picture, and how often its box is
/// right as well: intersection over union of at least a half.
struct DetectionMetric: Metric {
  /// How outputs become detections.
  private enum Decoder {
    case ssd(SSDDecoder)
    case yolox(YOLOXDecoder)

    func detections(_ outputs: [TensorData]) -> [Detection] {
      switch self {
      case .ssd(let decoder): decoder.detections(outputs)
      case .yolox(let decoder): decoder.detections(outputs)
      }
    }
  }

  private static let leastOverlap = 0.5

  private let decoder: Decoder
  private var tally = Confusions()
  private var rightBoxes = 0

  /// Reads the outputs as the settings say, or as their shapes tell.
  init(
    outputs: [TensorType], input: PixelSize, decoder: Preprocessing.Decoder?
  ) throws(EvaluationError) {
    if decoder != .yolox, let ssd = SSDDecoder(outputs: outputs, input: input) {
      self.decoder = .ssd(ssd)
    } else if decoder != .ssd, let yolox = YOLOXDecoder(outputs: outputs, input: input) {
      self.decoder = .yolox(yolox)
    } else {
      throw .outputs(.detection, outputs)
    }
  }

  var confusions: Confusions? { tally }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .box(let box, let label) = sample.truth, let placement = sample.placement else {
      return
    }
    let best = decoder.detections(outputs[0]).first
    tally.append(label: label, prediction: best?.label ?? -1)
    guard let best, best.label == label else { return }
    let overlap = placement.picture(best.box).intersectionOverUnion(with: box)
    if overlap >= Self.leastOverlap { rightBoxes += 1 }
  }

  func measurements() -> [Measurement] {
    let rightClasses = zip(tally.labels, tally.predictions).count { $0 == $1 }
    let count = tally.labels.count
    return [
      Measurement("detection_class", successes: rightClasses, of: count),
      Measurement("detection", successes: rightBoxes, of: count),
    ]
  }
}
