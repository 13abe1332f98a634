// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import TensorCore

/// A model in int8.
package struct QuantizedModel: Sendable {
  /// Float nodes between dequantising and quantising: QDQ.
  package let graph: Graph
}

/// Quantises a float model to int8.
///
/// A pure function of model, samples and options.
/// - Parameters:
///   - model: as imported.
///   - progress: called with how many samples are done.
/// - Throws: `QuantizationError`, and what reading samples throws.
package func quantize(
  _ model: Graph, samples: CalibrationSamples, options: QuantizationOptions = QuantizationOptions(),
  progress: (Int) -> Void = { _ in }
) throws -> QuantizedModel {
  let graph = try prepared(model)
  guard samples.count > 0 else { throw QuantizationError.noSamples }
  let excluded = graph.nodes.indices.filter {
    options.excludedNodes.contains(graph.nodes[$0].name)
  }
  let placement = Placement(graph, excluding: Set(excluded))
  guard placement.isInteger.contains(true) else { throw QuantizationError.nothingToQuantize }
  let pool = options.threads > 1 ? try ThreadPool(threads: options.threads) : nil
  var calibration = try Calibration(
    graph, observing: placement.quantizedValues(graph), pool: pool)
  for index in 0..<samples.count {
    try calibration.add(samples[index])
    progress(index + 1)
  }
  let scheme = QuantizationScheme(
    graph, placement, calibration.statistics, method: options.method)
  return QuantizedModel(graph: try scheme.quantizedGraph())
}

/// The model in the form that is quantised, checked.
private func prepared(_ model: Graph) throws(QuantizationError) -> Graph {
  if let value = model.values.first(where: { $0.type.quantization != nil }) {
    throw .alreadyQuantized(value: value.name)
  }
  let graph: Graph
  do throws(CompileError) {
    graph = try prepare(model)
  } catch {
    throw .compilation(error)
  }
  for node in graph.nodes {
    for input in node.inputs {
      guard let data = graph.constant(input), data.type.dtype == .float32 else { continue }
      guard data.float32Values.allSatisfy(\.isFinite) else {
        throw .constantNotFinite(node: node.name)
      }
    }
  }
  return graph
}
