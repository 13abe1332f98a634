// SPDX-License-Identifier: Apache-2.0
import Engine
import Graph
import Operators
import TensorCore

/// A rounding that makes noise at the model's outputs.
package struct NoiseSource: Sendable {
  /// The nodes that all have to be more precise for the noise to go.
  package let nodes: Set<Int>

  /// Whether it is of weights, which are int8 beside int16 activations too.
  package let isOfWeights: Bool

  /// Noise for each unit of signal at the noisiest output, when nothing else is rounded.
  package let noise: Double

  package init(nodes: Set<Int>, isOfWeights: Bool, noise: Double) {
    self.nodes = nodes
    self.isOfWeights = isOfWeights
    self.noise = noise
  }
}

extension QuantizationScheme {
  /// What each rounding contributes to the noise at the outputs.
  ///
  /// The float model is run with one activation, or the weights of one layer, rounded: small
  /// contributions are hardly correlated and add up well. Sources: Wu et al. 2020,
  /// arXiv:2004.09602, section 5.2 (sensitivity one by one); Nagel et al. 2021, arXiv:2106.08295,
  /// section 3.3 (weights and activations apart).
  func noiseSources(
    _ samples: CalibrationSamples, pool: ThreadPool?, progress: (_ done: Int, _ total: Int) -> Void
  ) throws -> [NoiseSource] {
    let outputs = graph.outputs.map(\.value)
    let meter = try NoiseMeter(
      graph, comparing: outputs, samples.prefix(Self.sourceSamples), keepingResults: true,
      pool: pool)
    let roundings = roundedValues
    let weighted = (Array(layers.keys) + recurrentWeights.keys)
      .filter { placement.precisions[$0] == .int8 }.sorted()
    var sources: [NoiseSource] = []
    func add(_ nodes: Set<Int>, isOfWeights: Bool, _ graph: Graph) throws {
      let runner = try GraphRunner(graph, observing: graph.outputs.map(\.value), pool: pool)
      let noise = try meter.noise(of: runner, showing: outputs).loudest
      sources.append(NoiseSource(nodes: nodes, isOfWeights: isOfWeights, noise: noise))
      progress(sources.count, roundings.count + weighted.count)
    }
    for rounding in roundings {
      try add(rounding.nodes, isOfWeights: false, try rounded(rounding.values))
    }
    for node in weighted { try add([node], isOfWeights: true, try roundedWeights(node)) }
    return sources
  }

  /// Samples of a measurement: noise is an average over many elements, so few serve.
  private static let sourceSamples = 8

  /// The values that are rounded to int8, those that are only moved together, with the integer
  /// nodes that read or write them.
  private var roundedValues: [(values: Set<Value>, nodes: Set<Int>)] {
    var sets = DisjointSets(count: graph.values.count)
    var touching: [Value: Set<Int>] = [:]
    for (index, node) in graph.nodes.enumerated() where placement.precisions[index] == .int8 {
      let inputs = graph.activations(of: index).filter { graph.constant($0) == nil }
      for value in inputs + [node.outputs[0]] { touching[value, default: []].insert(index) }
      guard type(of: node.operation).quantization == .sameAsInput else { continue }
      for input in inputs { sets.join(input.id, node.outputs[0].id) }
    }
    var found: [Int: (values: Set<Value>, nodes: Set<Int>)] = [:]
    for (value, nodes) in touching {
      let set = sets.representative(value.id)
      found[set, default: ([], [])].values.insert(value)
      found[set, default: ([], [])].nodes.formUnion(nodes)
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The float graph with some values rounded to the scheme's int8.
  private func rounded(_ values: Set<Value>) throws(QuantizationError) -> Graph {
    func round(
      _ value: Value, like old: Value, _ builder: inout GraphBuilder
    ) throws(OperatorError) -> Value {
      let stored = try builder.apply(
        Quantize(), [value], quantization: activations[old], name: graph.name(of: old))
      return try builder.apply(Dequantize(), [stored], name: graph.name(of: old))
    }
    var ports: [Value: Value] = [:]
    do throws(OperatorError) {
      return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
        var operands = inputs
        for (position, old) in node.inputs.enumerated()
        where values.contains(old) && graph.producer(of: old) == nil {
          if ports[old] == nil { ports[old] = try round(inputs[position], like: old, &builder) }
          operands[position] = ports[old] ?? inputs[position]
        }
        let results = try builder.add(node.operation, operands, name: node.name)
        guard values.contains(node.outputs[0]) else { return results }
        return [try round(results[0], like: node.outputs[0], &builder)]
      }
    } catch {
      throw .rewriting(error)
    }
  }

  /// The float graph with the weights of one layer rounded.
  private func roundedWeights(_ index: Int) throws(QuantizationError) -> Graph {
    do throws(OperatorError) {
      return try graph.rewritten { (node, inputs, builder) throws(OperatorError) in
        guard graph.producer(of: node.outputs[0]) == index else { return nil }
        let operands = roundedWeights(inputs, of: index, &builder)
        return try builder.add(node.operation, operands, name: node.name)
      }
    } catch {
      throw .rewriting(error)
    }
  }
}
