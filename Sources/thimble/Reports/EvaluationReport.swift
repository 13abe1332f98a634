// SPDX-License-Identifier: Apache-2.0
import DataFolders
import Evaluation
import Importers

/// What an evaluation measured.
struct EvaluationReport: Encodable {
  struct Metric: Encodable {
    let name: String
    let value: Double
    /// The 95 % confidence interval, and how it was found.
    let low: Double
    let high: Double
    let interval: String
    let n: Int
  }

  /// The samples of one class.
  struct Class: Encodable {
    let label: Int
    /// Absent when the classes have no names.
    let name: String?
    let n: Int
    /// Those that the model gave this class.
    let correct: Int
    /// All that the model gave this class, rightly or not.
    let predicted: Int
  }

  struct Confusion: Encodable {
    let label: Int
    /// -1 when the model found nothing.
    let prediction: Int
    let n: Int
  }

  let file: String
  let data: String
  let n: Int
  let threads: Int
  let metrics: [Metric]
  /// For metrics of classes: the classes that occur, every pair that occurs, and what the model
  /// said to each sample in turn.
  let classes: [Class]?
  let confusions: [Confusion]?
  let predictions: [Int]?

  init(_ result: Evaluator.Result, file: String, folder: DataFolder, threads: Int) {
    self.file = file
    data = folder.path
    n = folder.count
    self.threads = threads
    metrics = result.measurements.map {
      Metric(
        name: $0.name, value: $0.value, low: $0.interval.low, high: $0.interval.high,
        interval: $0.method, n: $0.count)
    }
    let cells = result.confusions?.cells
    confusions = cells?.map { Confusion(label: $0.label, prediction: $0.prediction, n: $0.count) }
    predictions = result.confusions?.predictions
    classes = cells.map { Self.classes(of: $0, names: folder.settings.classes.names) }
  }

  private static func classes(of cells: [Confusions.Cell], names: [String]) -> [Class] {
    Set(cells.flatMap { [$0.label, $0.prediction] }).sorted().filter { $0 >= 0 }.map { label in
      func count(_ isCounted: (Confusions.Cell) -> Bool) -> Int {
        cells.reduce(0) { isCounted($1) ? $0 + $1.count : $0 }
      }
      return Class(
        label: label, name: names.indices.contains(label) ? names[label] : nil,
        n: count { $0.label == label },
        correct: count { $0.label == label && $0.prediction == label },
        predicted: count { $0.prediction == label })
    }
  }
}

extension EvaluationReport: CustomStringConvertible {
  /// The report for people.
  var description: String {
    var table = Table(
      ("metric", .left), ("value", .right), ("95 % interval", .left), ("by", .left), ("n", .right))
    for metric in metrics {
      table.append(
        metric.name, rounded(metric.value),
        metric.high < .greatestFiniteMagnitude
          ? "\(rounded(metric.low)) to \(rounded(metric.high))" : "unknown",
        metric.interval, grouped(metric.n))
    }
    return "\(escaped(file)) on \(escaped(data)), \(grouped(n)) samples\n\(table.text)"
  }

  /// Four digits behind the point; small numbers as they are.
  private func rounded(_ value: Double) -> String {
    if abs(value) < 0.01 || abs(value) >= 1e9 { return "\(Float(value))" }
    let tenThousandths = Int((value * 10_000).rounded())
    let fraction = "\(tenThousandths.magnitude % 10_000)"
    return (value < 0 ? "-" : "") + "\(tenThousandths.magnitude / 10_000)."
      + String(repeating: "0", count: 4 - fraction.count) + fraction
  }
}
