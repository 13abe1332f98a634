// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph

/// What samples showed of a graph's values.
struct Observations {
  let graph: Graph
  let statistics: [Value: ActivationStatistics]

  /// What every other sample showed by itself; `nil` for a single sample.
  let half: [Value: ActivationStatistics]?

  let variety: SampleVariety

  /// Whether they are of the graph with its channels balanced.
  var isBalanced = false

  /// Runs samples and looks at values; `progress` is told how many are done.
  init(
    _ graph: Graph, observing values: [Value], _ samples: CalibrationSamples, pool: ThreadPool?,
    progress: (Int) -> Void
  ) throws {
    self.graph = graph
    var calibration = try Calibration(graph, observing: values, pool: pool)
    var variety = SampleVariety()
    var half: [Value: ActivationStatistics]?
    let middle = (samples.count + 1) / 2
    for done in 0..<samples.count {
      // Every other sample first: folders are sorted, and so half of one kind at most.
      let index = done < middle ? 2 * done : 2 * (done - middle) + 1
      let sample = try samples[index]
      try calibration.add(sample)
      for inputs in sample.runs { variety.add(inputs) }
      if done + 1 == middle, samples.count > 1 { half = calibration.statistics }
      progress(done + 1)
    }
    statistics = calibration.statistics
    self.half = half
    self.variety = variety
  }
}
