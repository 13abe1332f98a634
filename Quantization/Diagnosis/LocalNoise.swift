// SPDX-License-Identifier: Apache-2.0
import Compiler
import Engine
import Graph
import Operators
import TensorCore

/// The noise of a layer's two roundings, each by itself, at the layer's own output.
struct LocalNoise {
  /// When the weights alone are rounded.
  private(set) var weights = Noise()

  /// When the input alone is rounded.
  private(set) var input = Noise()

  /// Measures all integer layers of a scheme at once: beside each stand two copies of it.
  static func measure(
    _ scheme: QuantizationScheme, _ samples: CalibrationSamples, pool: ThreadPool?
  ) throws -> [Int: LocalNoise] {
    var copies: [(node: Int, outputs: [Value])] = []
    let graph: Graph
    do throws(OperatorError) {
      graph = try scheme.graph.rewritten { (node, inputs, builder) throws(OperatorError) in
        guard let index = scheme.graph.producer(of: node.outputs[0]),
          scheme.placement.isInteger[index], let layer = scheme.layers[index],
          let scale = scheme.activations[node.inputs[0]]
        else { return nil }
        let outputs = try builder.add(node.operation, inputs, name: node.name)
        let weights = builder.constant(
          TensorData(layer.weights.shape, float32: layer.weights.reals.map { Float($0) }))
        let bias = builder.constant(TensorData(Shape([layer.bias.count]), float32: layer.bias))
        let stored = try builder.apply(Quantize(), [inputs[0]], quantization: scale)
        let rounded = try builder.apply(Dequantize(), [stored])
        copies.append(
          (
            index,
            [
              outputs[0],
              try builder.apply(node.operation, [inputs[0], weights, bias]),
              try builder.apply(node.operation, [rounded] + inputs.dropFirst()),
            ]
          ))
        return outputs
      }
    } catch {
      throw QuantizationError.rewriting(error)
    }
    let runner = try GraphRunner(graph, observing: copies.flatMap(\.outputs), pool: pool)
    var found: [Int: LocalNoise] = [:]
    for index in 0..<samples.count {
      let (name, runs) = try samples[index]
      for inputs in runs {
        let results = try runner.run(inputs, sample: name)
        for (position, copy) in copies.enumerated() {
          let values = results[3 * position..<3 * position + 3]
          found[copy.node, default: LocalNoise()].add(Array(values))
        }
      }
    }
    return found
  }

  private mutating func add(_ values: [TensorData]) {
    weights.add(values[0], values[1])
    input.add(values[0], values[2])
  }
}
