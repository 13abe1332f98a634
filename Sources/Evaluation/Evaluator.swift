// SPDX-License-Identifier: Apache-2.0
import DataFolders
import TensorCore

/// Measures a model on the samples of a folder, one after the other.
package struct Evaluator {
  /// What came of it.
  package struct Result: Sendable {
    package let measurements: [Measurement]
    /// For metrics of classes.
    package let confusions: Confusions?
  }

  private let folder: DataFolder
  private let truth: Truth.Kind
  private let metrics: [any Metric]

  /// Prepares metrics for a model; without names, those that the folder's truth suggests.
  ///
  /// - Throws: `EvaluationError` when folder, metrics and model do not go together.
  package init(
    _ folder: DataFolder, inputs: [InputPort], outputs: [TensorType],
    metrics names: [MetricName] = []
  ) throws(EvaluationError) {
    let names = names.isEmpty ? Self.usualMetrics(folder, outputs) : names
    for name in names {
      guard folder.kinds.contains(name.truth) else {
        throw .truth(name, offered: Truth.Kind.allCases.filter(folder.kinds.contains))
      }
      guard name.truth == names[0].truth else { throw .mixed(names[0], name) }
      guard !folder.isPaired || name == .spearman else { throw .paired(name) }
    }
    self.folder = folder
    truth = names[0].truth
    var metrics: [any Metric] = []
    let tops = names.filter { [.top1, .top5].contains($0) }
    if !tops.isEmpty { metrics.append(try TopClassesMetric(tops, outputs: outputs)) }
    for name in names where !tops.contains(name) {
      metrics.append(try Self.metric(name, folder, inputs, outputs))
    }
    self.metrics = metrics
  }

  /// Runs every sample.
  ///
  /// - Parameters:
  ///   - progress: called after each sample with how many are done.
  ///   - run: gives the model's outputs for its inputs.
  /// - Returns: the figures of all metrics.
  /// - Throws: `DataFolderError` and `EvaluationError` of the first sample that is wrong, and what
  ///   `run` throws.
  package func evaluate(
    progress: (Int) -> Void = { _ in }, _ run: ([TensorData]) throws -> [TensorData]
  ) throws -> Result {
    var metrics = metrics
    for index in 0..<folder.count {
      let sample = try folder.sample(index, truth: truth)
      let outputs = try sample.runs.map(run)
      for position in metrics.indices { try metrics[position].add(outputs, of: sample) }
      progress(index + 1)
    }
    return Result(
      measurements: try metrics.flatMap { try $0.measurements() },
      confusions: metrics.lazy.compactMap(\.confusions).first)
  }

  /// What to measure when nobody says: masks before boxes before labels before values.
  private static func usualMetrics(
    _ folder: DataFolder, _ outputs: [TensorType]
  ) -> [MetricName] {
    if folder.kinds.contains(.mask) { return [.miou] }
    if folder.kinds.contains(.box) { return [.detection] }
    guard folder.kinds.contains(.label) else { return folder.isPaired ? [.spearman] : [.mse] }
    if folder.isPaired { return [.spearman] }
    return (outputs.first?.shape.elementCount ?? 0) > 5 ? [.top1, .top5] : [.top1]
  }

  private static func metric(
    _ name: MetricName, _ folder: DataFolder, _ inputs: [InputPort], _ outputs: [TensorType]
  ) throws(EvaluationError) -> any Metric {
    switch name {
    case .top1, .top5: return try TopClassesMetric([name], outputs: outputs)
    case .auc: return try AreaUnderCurveMetric(inputs: inputs.map(\.type), outputs: outputs)
    case .mse: return try SquaredErrorMetric(outputs: outputs)
    case .detection:
      guard let size = inputs.first.flatMap({ pictureSize($0, folder.settings) }) else {
        throw .outputs(.detection, outputs)
      }
      return try DetectionMetric(
        outputs: outputs, input: size, decoder: folder.settings.decoder)
    case .miou: return try OverlapMetric(outputs: outputs, settings: folder.settings)
    case .spearman:
      return try RankCorrelationMetric(
        inputs: inputs, outputs: outputs, isPaired: folder.isPaired)
    }
  }

  private static func pictureSize(
    _ input: InputPort, _ settings: Preprocessing
  ) -> PixelSize? {
    ImageInput(TensorType(.float32, input.type.shape), layout: settings.layout).map {
      PixelSize(height: $0.height, width: $0.width)
    }
  }
}
