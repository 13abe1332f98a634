// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import TensorCore

extension QuantizationScheme {
  /// Rounds the weights of every integer layer so that its outputs change least on samples, and
  /// takes what is left of the mean change out of the bias.
  mutating func learnRounding(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (_ done: Int, _ total: Int) -> Void
  ) throws {
    let graph = graph
    let chosen = graph.layers.filter { layers[$0.node] != nil }
    try graph.forEachProblem(of: chosen, samples, pool: pool, progress: progress) { problem in
      layers[problem.layer.node]?.solve(problem)
    }
  }
}

extension Graph {
  /// Gives what samples say of the inputs of each layer, one layer after another.
  ///
  /// Layers are taken in groups whose moments fit in 256 MiB; each group runs the samples once.
  func forEachProblem(
    of layers: [Layer], _ samples: CalibrationSamples, pool: ThreadPool?,
    progress: (_ done: Int, _ total: Int) -> Void, _ body: (LayerProblem) throws -> Void
  ) throws {
    var groups: [[LayerProblem]] = []
    var used = 0
    for layer in layers {
      guard let problem = try LayerProblem(layer, x: type(of: layer.input)) else { continue }
      if groups.isEmpty || used + problem.byteCount > 1 << 28 {
        groups.append([])
        used = 0
      }
      groups[groups.count - 1].append(problem)
      used += problem.byteCount
    }
    for (index, group) in groups.enumerated() {
      var group = group
      let runner = try GraphRunner(self, observing: group.map(\.layer.input), pool: pool)
      for sample in 0..<samples.count {
        let (name, runs) = try samples[sample]
        for inputs in runs {
          let values = try runner.run(inputs, sample: name)
          for (position, value) in values.enumerated() {
            try group[position].add(value.float32Values)
          }
        }
        progress(index * samples.count + sample + 1, groups.count * samples.count)
      }
      for problem in group { try body(problem) }
    }
  }
}

/// A layer whose weights are to be rounded, with the moments of its inputs.
struct LayerProblem {
  let layer: Layer
  private let inputs: LayerInputs
  private let product: RowProducts?
  /// One, or one for each channel of a depthwise layer.
  private(set) var moments: [InputMoments]

  init?(_ layer: Layer, x: TensorType) throws(QuantizationError) {
    guard let inputs = LayerInputs(layer, x: x, limit: layer.rowLimit) else {
      return nil
    }
    self.layer = layer
    self.inputs = inputs
    let count = layer.isDepthwise ? layer.inputChannelCount : 1
    moments = [InputMoments](repeating: InputMoments(depth: inputs.depth), count: count)
    product =
      layer.isDepthwise ? nil : try RowProducts(rows: inputs.rowCount, depth: inputs.depth)
  }

  var byteCount: Int { 4 * inputs.depth * inputs.depth * moments.count }

  mutating func add(_ x: [Float]) throws(QuantizationError) {
    for channel in moments.indices {
      let rows = inputs.rows(x, channel: channel)
      if let product {
        moments[channel].add(rows, product: try product(rows))
      } else {
        moments[channel].add(rows)
      }
    }
  }
}

extension QuantizedLayer {
  fileprivate mutating func solve(_ problem: LayerProblem) {
    var indices = [[Int]](repeating: [], count: bias.count)
    for index in problem.layer.weights.indices {
      indices[problem.layer.outputChannel(of: index)].append(index)
    }
    let moments = problem.moments.map { (means: $0.means, covariance: $0.covariance) }
    for channel in bias.indices {
      let (means, covariance) = moments[moments.count > 1 ? channel : 0]
      let errors = weights.round(
        indices[channel], of: problem.layer.weights, covariance: covariance)
      bias[channel] -= Float(zip(errors, means).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }
}
