// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// Runs of a quantised model on samples that stop before each layer, all at the same.
///
/// A layer may be changed while they stand before it; nothing runs twice. Between stops there is
/// what nodes still ahead read, as reals.
struct GradualRuns {
  private let graph: Graph
  private let pool: ThreadPool?
  /// The last node that reads each value.
  private let lastReaders: [Int?]
  private var position = 0
  /// Of each run.
  private var values: [Value: [TensorData]] = [:]

  /// Stands before the first node.
  init(_ graph: Graph, _ samples: CalibrationSamples, pool: ThreadPool?) throws {
    self.graph = graph
    self.pool = pool
    lastReaders = graph.consumers.map(\.last)
    try samples.forEachRun { _, inputs in
      for (port, input) in zip(graph.inputs, inputs) {
        values[port.value, default: []].append(input)
      }
    }
  }

  /// Runs the nodes before another one as a scheme has them.
  mutating func advance(to node: Int, of scheme: QuantizationScheme) throws(QuantizationError) {
    guard position < node else { return }
    let stretch = position..<node
    position = node
    let outputs = graph.nodes[stretch].flatMap(\.outputs).filter { isRead($0, from: node) }
    for results in try results(of: stretch, in: scheme, outputs) {
      for (value, result) in zip(outputs, results) { values[value, default: []].append(result) }
    }
    for value in Array(values.keys) where !isRead(value, from: node) { values[value] = nil }
  }

  /// What the node ahead gives, of each run, in a scheme.
  func results(
    of node: Int, in scheme: QuantizationScheme
  ) throws(QuantizationError) -> [TensorData] {
    try results(of: node..<node + 1, in: scheme, graph.nodes[node].outputs).map { $0[0] }
  }

  private func results(
    of nodes: Range<Int>, in scheme: QuantizationScheme, _ outputs: [Value]
  ) throws(QuantizationError) -> [[TensorData]] {
    let read = Set(graph.nodes[nodes].flatMap(\.inputs))
    let inputs = values.keys.filter { read.contains($0) }.sorted()
    let runner = try scheme.runner(of: nodes, from: inputs, to: outputs, pool: pool)
    var results: [[TensorData]] = []
    for run in (values.first?.value ?? []).indices {
      results.append(
        try runner.run(inputs.compactMap { values[$0]?[run] }, sample: "\(run)"))
    }
    return results
  }

  private func isRead(_ value: Value, from node: Int) -> Bool {
    lastReaders[value.id].map { $0 >= node } ?? false
  }

  /// How many samples fit in 256 MiB; a few in any case.
  static func sampleLimit(_ graph: Graph) -> Int {
    let lastReaders = graph.consumers.map(\.last)
    func byteCount(_ value: Value) -> Int { graph.type(of: value).byteCount }
    var present = graph.inputs.reduce(0) { $0 + byteCount($1.value) }
    var most = present
    for (index, node) in graph.nodes.enumerated() {
      present += node.outputs.reduce(0) { $0 + byteCount($1) }
      most = max(most, present)
      for input in Set(node.inputs) where graph.constant(input) == nil {
        if lastReaders[input.id] == index { present -= byteCount(input) }
      }
    }
    return max((1 << 28) / max(most, 1), 8)
  }
}

extension QuantizationScheme {
  /// Runs a stretch of nodes as they are compiled.
  fileprivate func runner(
    of nodes: Range<Int>, from inputs: [Value], to outputs: [Value], pool: ThreadPool?
  ) throws(QuantizationError) -> GraphRunner {
    let written: Graph
    do throws(OperatorError) {
      written = try QDQWriter(self).graph(of: nodes, from: inputs, to: outputs)
    } catch {
      throw .rewriting(error)
    }
    let optimized: Graph
    do throws(CompileError) {
      optimized = try optimize(written)
    } catch {
      throw .compilation(error)
    }
    return try GraphRunner(optimized, observing: optimized.outputs.map(\.value), pool: pool)
  }
}
