// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// How often the right class is among the highest scores.
///
/// Of equal scores the earlier class counts as higher.
struct TopClassesMetric: Metric {
  private let depths: [(metric: MetricName, depth: Int)]
  private var hits: [Int]
  private var tally = Confusions()

  /// Measures `top1`, `top5` or both.
  init(_ metrics: [MetricName], outputs: [TensorType]) throws(EvaluationError) {
    depths = metrics.map { ($0, $0 == .top5 ? 5 : 1) }
    hits = [Int](repeating: 0, count: metrics.count)
    guard let first = outputs.first, first.shape.elementCount > 1,
      first.shape.extents.max() == first.shape.elementCount
    else { throw .outputs(metrics[0], outputs) }
  }

  var confusions: Confusions? { tally }

  mutating func add(
    _ outputs: [[TensorData]], of sample: Sample
  ) throws(EvaluationError) {
    guard case .label(let label) = sample.truth else { return }
    // Scales are positive, so stored scores are in the order of the real ones.
    let scores = outputs[0][0].storedValues
    guard label < scores.count else {
      throw .label(sample: sample.name, label: label, classCount: scores.count)
    }
    guard !scores.contains(where: \.isNaN) else { throw .notFinite(sample: sample.name) }
    let score = scores[label]
    let higher = scores.enumerated().count { index, other in
      other > score || (other == score && index < label)
    }
    for (position, entry) in depths.enumerated() where higher < entry.depth { hits[position] += 1 }
    tally.append(label: label, prediction: indexOfLargest(scores))
  }

  func measurements() -> [Measurement] {
    zip(depths, hits).map { entry, hits in
      Measurement(entry.metric.rawValue, successes: hits, of: tally.labels.count)
    }
  }
}

/// The position of the largest value, the first of equals.
///
/// - Precondition: there is a value.
func indexOfLargest(_ values: [Double]) -> Int {
  var best = 0
  for index in values.indices where values[index] > values[best] { best = index }
  return best
}
